//! The notation of the native protocol (specification v4 and v5, section 3): what messages are written and read with.

pub trait Put {
    fn short(&mut self, value: u16);
    fn int(&mut self, value: i32);
    fn string(&mut self, text: &str);
    fn short_bytes(&mut self, bytes: &[u8]);
    /// `None`: null.
    fn bytes(&mut self, bytes: Option<&[u8]>);
}

impl Put for Vec<u8> {
    fn short(&mut self, value: u16) {
        self.extend_from_slice(&value.to_be_bytes());
    }
    fn int(&mut self, value: i32) {
        self.extend_from_slice(&value.to_be_bytes());
    }
    fn string(&mut self, text: &str) {
        self.short_bytes(text.as_bytes());
    }
    fn short_bytes(&mut self, bytes: &[u8]) {
        self.short(bytes.len() as u16);
        self.extend_from_slice(bytes);
    }
    fn bytes(&mut self, bytes: Option<&[u8]>) {
        match bytes {
            Some(bytes) => {
                self.int(bytes.len() as i32);
                self.extend_from_slice(bytes);
            }
            None => self.int(-1),
        }
    }
}

/// Reads a body from front to back; every method is `None` where the bytes end too early.
pub struct Body<'a>(pub &'a [u8]);

impl<'a> Body<'a> {
    pub fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        if self.0.len() < length {
            return None;
        }
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        Some(taken)
    }
    pub fn byte(&mut self) -> Option<u8> {
        Some(self.take(1)?[0])
    }
    pub fn short(&mut self) -> Option<usize> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().unwrap()) as usize)
    }
    pub fn int(&mut self) -> Option<i32> {
        Some(i32::from_be_bytes(self.take(4)?.try_into().unwrap()))
    }
    pub fn short_bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.short()?;
        self.take(length)
    }
    pub fn long_text(&mut self) -> Option<&'a str> {
        let length = self.int()?;
        std::str::from_utf8(self.take(usize::try_from(length).ok()?)?).ok()
    }
    /// Null and 'not set' are empty here: nobody needs to know.
    pub fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.int()?;
        self.take(length.max(0) as usize)
    }
}
