//! PDFs from strangers: looked into, byte by byte, and refused when they can do more than be read (COURT-47, SEC-40). A
//! PDF cannot be drawn anew like a picture, so what cannot be inspected is refused as well: encrypted files, objects
//! hidden in compressed streams that do not open, objects where none can be seen.
//!
//! The reader follows no cross-reference table, because a table can lie. It goes over the file from its beginning,
//! notes each object it passes, looks at each name outside of strings, comments and streams, and opens the streams that
//! hold objects. Then every place where some other reader could find an object must be one it has noted: an object in a
//! string, a comment or the middle of a stream betrays a file with a second meaning.

use std::collections::BTreeSet;
use std::io::Read as _;

/// What looking into a document takes at most, beside the document itself.
pub const MOST_BYTES: u64 = 48 << 20;
/// Most bytes of objects in compressed streams, all of them together.
const MOST_UNPACKED: usize = 32 << 20;
/// Longest way from the last end mark to the end of the file.
const LONGEST_TAIL: usize = 64;

/// Names of what runs, reaches out or carries another file.
const ACTIVE: [&[u8]; 19] = [
    b"JavaScript",
    b"JS",
    b"AA",
    b"Launch",
    b"EmbeddedFile",
    b"EmbeddedFiles",
    b"EF",
    b"RichMedia",
    b"RichMediaContent",
    b"XFA",
    b"SubmitForm",
    b"ImportData",
    b"GoToE",
    b"GoToR",
    b"Rendition",
    b"Movie",
    b"Sound",
    b"3D",
    b"Collection",
];

/// Why a document is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DocumentRefused {
    /// Not a PDF, or one that was cut off.
    #[error("not a whole PDF")]
    NotPdf,
    /// It holds a script, an action that runs by itself, or another file.
    #[error("the PDF holds scripts, actions or files")]
    Active,
    /// Parts of it cannot be seen.
    #[error("parts of the PDF cannot be inspected")]
    Opaque,
}

/// Whether the bytes begin like a PDF.
#[must_use]
pub fn is_pdf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-1.") || bytes.starts_with(b"%PDF-2.")
}

/// Looks into a document. Takes a time that grows with its length only.
///
/// # Errors
/// [`DocumentRefused`].
pub fn check(bytes: &[u8]) -> Result<(), DocumentRefused> {
    let tail = bytes.trim_ascii_end();
    let tail = &tail[tail.len().saturating_sub(LONGEST_TAIL)..];
    if !is_pdf(bytes) || !contains(tail, b"%%EOF") {
        return Err(DocumentRefused::NotPdf);
    }
    let mut reader = Reader { bytes, at: 0, seen: Names::default(), objects: BTreeSet::new(), unpacked: 0 };
    reader.read_all()?;
    if hidden_object(bytes, &reader.objects) { Err(DocumentRefused::Opaque) } else { Ok(()) }
}

/// What is to be known of the names since the beginning of the current object.
#[derive(Default)]
struct Names {
    object_stream: bool,
    count: bool,
    first: bool,
    filters: Vec<Vec<u8>>,
    parameters: bool,
    /// The last token was `/OpenAction`, `/Filter` or neither.
    after: After,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum After {
    #[default]
    Nothing,
    OpenAction,
    Filter,
    FilterList,
}

impl Names {
    /// A stream that holds objects, whatever it calls itself: without these two numbers no reader finds them.
    fn holds_objects(&self) -> bool {
        self.object_stream || (self.count && self.first)
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    seen: Names,
    /// Where the word `obj` of each object stands.
    objects: BTreeSet<usize>,
    unpacked: usize,
}

impl Reader<'_> {
    fn read_all(&mut self) -> Result<(), DocumentRefused> {
        while let Some(byte) = self.bytes.get(self.at).copied() {
            match byte {
                b'%' => self.skip_comment(),
                b'(' => self.skip_string()?,
                b'/' => {
                    let name = name_at(self.bytes, &mut self.at);
                    self.take_name(&name)?;
                }
                b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => {
                    self.take_delimiter(byte)?;
                    self.at += 2;
                }
                b'<' => self.skip_hex_string()?,
                _ if is_blank(byte) => self.at += 1,
                _ if is_delimiter(byte) => {
                    self.take_delimiter(byte)?;
                    self.at += 1;
                }
                _ => self.take_word()?,
            }
        }
        Ok(())
    }

    fn skip_comment(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
    }

    fn skip_string(&mut self) -> Result<(), DocumentRefused> {
        self.refuse_after_open_action()?;
        self.seen.after = After::Nothing;
        let mut depth = 0_usize;
        while let Some(byte) = self.bytes.get(self.at).copied() {
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
        Err(DocumentRefused::Opaque)
    }

    fn skip_hex_string(&mut self) -> Result<(), DocumentRefused> {
        self.refuse_after_open_action()?;
        self.seen.after = After::Nothing;
        let rest = &self.bytes[self.at + 1..];
        let end = rest.iter().position(|byte| !(byte.is_ascii_hexdigit() || is_blank(*byte)));
        match end {
            Some(end) if rest[end] == b'>' => {
                self.at += end + 2;
                Ok(())
            }
            _ => Err(DocumentRefused::Opaque),
        }
    }

    fn take_name(&mut self, name: &[u8]) -> Result<(), DocumentRefused> {
        refuse_active(name)?;
        let after = std::mem::take(&mut self.seen.after);
        match after {
            After::OpenAction => return Err(DocumentRefused::Active),
            After::Filter => self.seen.filters.push(name.to_vec()),
            After::FilterList => {
                self.seen.filters.push(name.to_vec());
                self.seen.after = After::FilterList;
                return Ok(());
            }
            After::Nothing => {}
        }
        match name {
            b"OpenAction" => self.seen.after = After::OpenAction,
            b"Filter" | b"F" => self.seen.after = After::Filter,
            b"DecodeParms" | b"DP" => self.seen.parameters = true,
            b"ObjStm" => self.seen.object_stream = true,
            b"N" => self.seen.count = true,
            b"First" => self.seen.first = true,
            _ => {}
        }
        Ok(())
    }

    fn take_delimiter(&mut self, byte: u8) -> Result<(), DocumentRefused> {
        self.seen.after = match (self.seen.after, byte) {
            // A list names a place in the document to begin at; everything else may be an action.
            (After::OpenAction, b'[') => After::Nothing,
            (After::OpenAction, _) => return Err(DocumentRefused::Active),
            (After::Filter, b'[') => After::FilterList,
            _ => After::Nothing,
        };
        Ok(())
    }

    fn refuse_after_open_action(&self) -> Result<(), DocumentRefused> {
        if self.seen.after == After::OpenAction { Err(DocumentRefused::Active) } else { Ok(()) }
    }

    fn take_word(&mut self) -> Result<(), DocumentRefused> {
        let start = self.at;
        let rest = &self.bytes[start..];
        let length = rest.iter().position(|byte| is_blank(*byte) || is_delimiter(*byte)).unwrap_or(rest.len());
        let word = &rest[..length];
        self.at += length;
        self.refuse_after_open_action()?;
        // A reference in place of the filter's name: whatever it names, it is not seen here.
        if matches!(self.seen.after, After::Filter | After::FilterList) && word != b"null" {
            self.seen.filters.push(b"elsewhere".to_vec());
        }
        self.seen.after = After::Nothing;
        match word {
            b"stream" => self.read_stream(),
            _ if word.ends_with(b"obj") && word != b"endobj" => {
                // `1 0obj` is read by some as well.
                self.objects.insert(start + length - 3);
                self.seen = Names::default();
                Ok(())
            }
            b"endobj" | b"trailer" => {
                self.seen = Names::default();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Passes a stream, and opens it when it holds objects. Its length is not believed: it ends where its end mark is.
    fn read_stream(&mut self) -> Result<(), DocumentRefused> {
        let seen = std::mem::take(&mut self.seen);
        let mut start = self.at;
        if self.bytes.get(start) == Some(&b'\r') {
            start += 1;
        }
        if self.bytes.get(start) == Some(&b'\n') {
            start += 1;
        }
        let rest = self.bytes.get(start..).unwrap_or_default();
        let length = position(rest, b"endstream").ok_or(DocumentRefused::Opaque)?;
        self.at = start + length + b"endstream".len();
        if !seen.holds_objects() {
            return Ok(());
        }
        let content = &rest[..length];
        if seen.parameters {
            return Err(DocumentRefused::Opaque);
        }
        match seen.filters.as_slice() {
            [] => self.check_objects(content),
            [filter] if filter == b"FlateDecode" || filter == b"Fl" => {
                let unpacked = self.unpack(content)?;
                self.check_objects(&unpacked)
            }
            _ => Err(DocumentRefused::Opaque),
        }
    }

    fn unpack(&mut self, content: &[u8]) -> Result<Vec<u8>, DocumentRefused> {
        let left = MOST_UNPACKED - self.unpacked;
        let mut unpacked = Vec::new();
        // One more than allowed, to tell "exactly" from "too much".
        let limit = u64::try_from(left).unwrap_or(u64::MAX).saturating_add(1);
        let read = flate2::read::ZlibDecoder::new(content).take(limit).read_to_end(&mut unpacked);
        if read.is_err() || unpacked.len() > left {
            return Err(DocumentRefused::Opaque);
        }
        self.unpacked += unpacked.len();
        Ok(unpacked)
    }

    /// Objects in a stream are found by numbers that may point anywhere in it, strings included: every name counts.
    fn check_objects(&self, content: &[u8]) -> Result<(), DocumentRefused> {
        let mut at = 0;
        while let Some(next) = content[at..].iter().position(|byte| *byte == b'/') {
            at += next;
            let name = name_at(content, &mut at);
            refuse_active(&name)?;
            if name == b"OpenAction" && content[at..].trim_ascii_start().first() != Some(&b'[') {
                return Err(DocumentRefused::Active);
            }
        }
        Ok(())
    }
}

/// Encrypted parts cannot be seen; `/Encrypt` says so for the whole file.
fn refuse_active(name: &[u8]) -> Result<(), DocumentRefused> {
    if name == b"Encrypt" {
        return Err(DocumentRefused::Opaque);
    }
    if ACTIVE.contains(&name) { Err(DocumentRefused::Active) } else { Ok(()) }
}

/// The name that begins at `at`, with its escapes (`#4A` for `J`) undone; `at` is behind it afterwards.
fn name_at(bytes: &[u8], at: &mut usize) -> Vec<u8> {
    *at += 1;
    let mut name = Vec::new();
    while let Some(byte) = bytes.get(*at).copied().filter(|byte| !is_blank(*byte) && !is_delimiter(*byte)) {
        let escape = bytes
            .get(*at + 1..*at + 3)
            .filter(|_| byte == b'#')
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        *at += if escape.is_some() { 3 } else { 1 };
        name.push(escape.unwrap_or(byte));
    }
    name
}

/// Whether an object could begin somewhere that the reader took for something else.
fn hidden_object(bytes: &[u8], known: &BTreeSet<usize>) -> bool {
    let mut at = 0;
    while let Some(next) = position(&bytes[at..], b"obj") {
        let place = at + next;
        at = place + 3;
        let before = place.checked_sub(1).map(|index| bytes[index]);
        let after = bytes.get(at).copied();
        let stands_alone = before.is_some_and(|byte| is_blank(byte) || byte.is_ascii_digit())
            && after.is_none_or(|byte| is_blank(byte) || is_delimiter(byte));
        if stands_alone && !known.contains(&place) {
            return true;
        }
    }
    false
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ')
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    position(bytes, part).is_some()
}

/// Where `part` begins for the first time.
fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    let first = *part.first()?;
    let mut at = 0;
    while let Some(next) = bytes.get(at..)?.iter().position(|byte| *byte == first) {
        at += next;
        if bytes[at..].starts_with(part) {
            return Some(at);
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::*;

    /// A document of one page whose catalog also has `entry`, followed by `more` objects.
    fn pdf(entry: &str, more: &[u8]) -> Vec<u8> {
        let mut file = format!(
            "%PDF-1.7\n%\u{e2}\u{e3}\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R {entry} >>\nendobj\n\
             2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n\
             3 0 obj << /Type /Page /Parent 2 0 R /Contents 4 0 R /Annots [<< /S /URI /URI (https://club.example/AA /JS ) >>] >>\nendobj\n\
             4 0 obj << /Length 44 >> stream\nBT /F1 12 Tf (Lease (of the court) \\) ) Tj ET\nendstream endobj\n"
        )
        .into_bytes();
        file.extend(more);
        file.extend(b"\ntrailer << /Root 1 0 R /Size 5 >>\nstartxref\n9\n%%EOF\n");
        file
    }

    fn zlib(content: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(content).expect("memory");
        writer.finish().expect("memory")
    }

    fn stream(dictionary: &str, content: &[u8]) -> Vec<u8> {
        let head = format!("9 0 obj << {dictionary} /Length {} >> stream\r\n", content.len());
        [head.as_bytes(), content, b"\nendstream\nendobj\n"].concat()
    }

    fn refused(entry: &str, more: &[u8]) -> Option<DocumentRefused> {
        check(&pdf(entry, more)).err()
    }

    /// COURT-47: a plain document with links, forms to read and compressed objects is taken.
    #[test]
    fn plain_documents_are_taken() {
        assert_eq!(refused("", b""), None);
        assert_eq!(refused("/OpenAction [3 0 R /Fit] /Lang (el)", b""), None);
        let objects = zlib(b"11 0 12 30 << /Type /Font /First 7 >> << /S /URI >>");
        assert_eq!(refused("", &stream("/Type /ObjStm /N 2 /First 10 /Filter /FlateDecode", &objects)), None);
        assert_eq!(refused("", &stream("/Type /ObjStm /N 1 /First 5", b"11 0 << /Type /Font >>")), None);
        let picture: Vec<u8> = (0..4000_u32).map(|number| (number * number % 251) as u8).collect();
        assert_eq!(refused("", &stream("/Subtype /Image /Filter /DCTDecode", &picture)), None);
    }

    /// COURT-47, SEC-40: scripts, actions that run by themselves, other programs, other files.
    #[test]
    fn active_documents_are_refused() {
        for entry in [
            "/OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
            "/OpenAction 7 0 R",
            "/OpenAction/Name",
            "/AA << /WC 7 0 R >>",
            "/Names << /JavaScript 7 0 R >>",
            "/Names << /EmbeddedFiles 7 0 R >>",
            "/AcroForm << /XFA 7 0 R >>",
            "/Outlines << /A << /S /Launch /F (cmd.exe) >> >>",
            "/Outlines << /A << /S /SubmitForm >> >>",
            "/Outlines << /A << /S /GoToR /F (x) >> >>",
            "/J#53 (x)",
            "/#4a#61vaScript 7 0 R",
            "/Java#53cript 7 0 R",
            "/Collection << >>",
        ] {
            assert_eq!(refused(entry, b""), Some(DocumentRefused::Active), "{entry}");
        }
        let file = stream("/Type /EmbeddedFile", b"MZ");
        assert_eq!(refused("", &file), Some(DocumentRefused::Active));
    }

    /// COURT-47: what hides in compressed objects is found, also where only a lying number finds it.
    #[test]
    fn compressed_objects_are_opened() {
        let script = zlib(b"11 0 << /S /JavaScript /JS (app.alert(1)) >>");
        for dictionary in [
            "/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode",
            "/Type /ObjStm /N 1 /First 5 /Filter [/FlateDecode]",
            "/N 1 /First 5 /Filter /Fl",
            "/Type /O#62jStm /Filter /#46lateDecode",
        ] {
            assert_eq!(refused("", &stream(dictionary, &script)), Some(DocumentRefused::Active), "{dictionary}");
        }
        let in_a_string = zlib(b"11 6 (    << /S /Launch >> )");
        let dictionary = "/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode";
        assert_eq!(refused("", &stream(dictionary, &in_a_string)), Some(DocumentRefused::Active));
        let opens = zlib(b"11 0 << /OpenAction 7 0 R >>");
        assert_eq!(refused("", &stream(dictionary, &opens)), Some(DocumentRefused::Active));
    }

    /// COURT-47: what cannot be inspected is refused.
    #[test]
    fn what_cannot_be_seen_is_refused() {
        let objects = zlib(b"11 0 << /Type /Font >>");
        for (dictionary, content) in [
            ("/Type /ObjStm /N 1 /First 5 /Filter /LZWDecode", objects.as_slice()),
            ("/Type /ObjStm /N 1 /First 5 /Filter [/ASCIIHexDecode /FlateDecode]", &objects),
            ("/Type /ObjStm /N 1 /First 5 /Filter 8 0 R", &objects),
            ("/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode /DecodeParms << /Predictor 12 >>", &objects),
            ("/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode", b"no zlib"),
            ("/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode", &objects[..objects.len() / 2]),
        ] {
            assert_eq!(refused("", &stream(dictionary, content)), Some(DocumentRefused::Opaque), "{dictionary}");
        }
        assert_eq!(refused("", b"(a string without an end"), Some(DocumentRefused::Opaque));
        assert_eq!(refused("", b"9 0 obj << >> stream\nno end"), Some(DocumentRefused::Opaque));
        let encrypted =
            String::from_utf8(pdf("", b"").split_off(40)).expect("text").replace("/Size 5", "/Encrypt 8 0 R");
        let encrypted = [b"%PDF-1.7\n%0123456789012345678901234567\n", encrypted.as_bytes()].concat();
        assert_eq!(check(&encrypted), Err(DocumentRefused::Opaque));
    }

    /// COURT-47: a table of references could lead other readers into a string, a comment or a stream.
    #[test]
    fn objects_in_hiding_are_found() {
        let script = "7 0 obj << /S /JavaScript >> endobj";
        assert_eq!(refused(&format!("/Lang ({script})"), b""), Some(DocumentRefused::Opaque), "in a string");
        assert_eq!(refused("", format!("% {script}\n").as_bytes()), Some(DocumentRefused::Opaque), "in a comment");
        assert_eq!(
            refused("", &stream("/Subtype /Image", script.as_bytes())),
            Some(DocumentRefused::Opaque),
            "in a stream"
        );
        let tight = "7 0obj<</S /Launch>>";
        assert_eq!(refused(&format!("/Lang ({tight})"), b""), Some(DocumentRefused::Opaque));
        assert_eq!(refused("/Lang (an object of art, obje)", b""), None);
    }

    /// A bomb of compressed objects is refused once it is too large, not before and not after.
    #[test]
    fn bombs_are_refused() {
        let bomb = zlib(&vec![b' '; MOST_UNPACKED + 1]);
        let dictionary = "/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode";
        assert_eq!(refused("", &stream(dictionary, &bomb)), Some(DocumentRefused::Opaque));
        let half = stream(dictionary, &zlib(&vec![b' '; MOST_UNPACKED / 2]));
        assert_eq!(refused("", &half), None);
        assert_eq!(refused("", &[half.as_slice(), &half, &half].concat()), Some(DocumentRefused::Opaque), "in pieces");
    }

    /// COURT-47: other files, and files that are a PDF only at their beginning or their end.
    #[test]
    fn other_files_are_refused() {
        let good = pdf("", b"");
        for bytes in [
            &b""[..],
            b"%PDF-",
            b"%PDF-1.7",
            b"<html>%PDF-1.7 %%EOF",
            b"PK\x03\x04",
            &good[..good.len() / 2],
            &[&b"GIF89a"[..], &good].concat(),
            &[&good[..], &[b'z'; 100]].concat(),
        ] {
            assert_eq!(check(bytes), Err(DocumentRefused::NotPdf), "{:?}", &bytes[..bytes.len().min(20)]);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        /// QA-55: any bytes are judged.
        #[test]
        fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = check(&[b"%PDF-1.7\n", bytes.as_slice(), b"\n%%EOF"].concat());
        }

        /// COURT-47: a forbidden name is found however its letters are written.
        #[test]
        fn escaped_names_are_found(which in 0..ACTIVE.len(), escaped in proptest::collection::vec(any::<bool>(), 20)) {
            let name: String = ACTIVE[which].iter().zip(&escaped).map(|(byte, escaped)| {
                if *escaped { format!("#{byte:02x}") } else { char::from(*byte).to_string() }
            }).collect();
            prop_assert_eq!(refused(&format!("/{name} 7 0 R"), b""), Some(DocumentRefused::Active));
            let objects = zlib(format!("11 0 << /{name} 7 0 R >>").as_bytes());
            let hidden = stream("/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode", &objects);
            prop_assert_eq!(refused("", &hidden), Some(DocumentRefused::Active));
        }

        /// COURT-47: the names of ordinary documents are none of them.
        #[test]
        fn ordinary_names_are_taken(name in "[A-Z][a-z]{3,8}X") {
            prop_assert_eq!(refused(&format!("/{name} (text)"), b""), None);
        }
    }
}
