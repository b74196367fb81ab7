const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text made safe for an element, and for an attribute's value in quotes. */
export const html = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]!)
