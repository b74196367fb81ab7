/** How to get a missing tool, one line a system. Shown at the end of an error's message. */
export const installJava: string = [
  '  Debian, Ubuntu:  sudo apt-get install openjdk-17-jdk-headless',
  '  Fedora:          sudo dnf install java-17-openjdk-headless',
  '  macOS:           brew install openjdk@17',
  '  elsewhere, or where the system has no 17 any more: https://adoptium.net/temurin/releases/?version=17',
].join('\n')

export const installMaven: string = [
  '  Debian, Ubuntu:  sudo apt-get install maven',
  '  Fedora:          sudo dnf install maven',
  '  macOS:           brew install maven',
].join('\n')
