//! STOMP 1.2 frames: reading and printing. Knows the protocol's text format and no destination.
//!
//! Source of the format: the STOMP 1.2 specification, "STOMP Frames" and "Augmented BNF".

use std::fmt;

/// Headers a frame may have; more is nothing a client of ours needs.
const MAX_HEADERS: usize = 32;

/// What a client may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// First frame of a connection; `STOMP` is the same.
    Connect,
    /// Asks for a destination.
    Subscribe,
    /// Gives one back.
    Unsubscribe,
    /// Says something to a destination.
    Send,
    /// Says goodbye.
    Disconnect,
    /// Acknowledgements and transactions, which mean nothing here and do no harm.
    Ignored,
}

impl Command {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "CONNECT" | "STOMP" => Some(Self::Connect),
            "SUBSCRIBE" => Some(Self::Subscribe),
            "UNSUBSCRIBE" => Some(Self::Unsubscribe),
            "SEND" => Some(Self::Send),
            "DISCONNECT" => Some(Self::Disconnect),
            "ACK" | "NACK" | "BEGIN" | "COMMIT" | "ABORT" => Some(Self::Ignored),
            _ => None,
        }
    }
}

/// One frame of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// What is said.
    pub command: Command,
    headers: Vec<(String, String)>,
    /// Text after the headers.
    pub body: String,
}

impl Frame {
    /// The first header called `name`: of repeated ones only the first counts.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What one WebSocket message holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// Only line ends.
    Heartbeat,
    /// A frame.
    Frame(Frame),
}

/// Why a message is no frame. The text is shown to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// The first line names no command of clients.
    #[error("unknown command")]
    UnknownCommand,
    /// A header line has no colon, an empty name, or an escape that does not exist.
    #[error("malformed header")]
    MalformedHeader,
    /// More headers than anyone needs.
    #[error("too many headers")]
    TooManyHeaders,
    /// No empty line after the headers, or no NUL after the body.
    #[error("the frame has no end")]
    Unterminated,
    /// `content-length` is no number or not the length of the body.
    #[error("content-length does not match the body")]
    WrongLength,
    /// Something stands after the NUL.
    #[error("text after the end of the frame")]
    Trailing,
}

/// Reads one WebSocket text message.
///
/// # Errors
/// See [`FrameError`].
pub fn parse(text: &str) -> Result<Incoming, FrameError> {
    let text = text.trim_start_matches(['\n', '\r']);
    if text.is_empty() {
        return Ok(Incoming::Heartbeat);
    }
    let (line, mut rest) = line(text)?;
    let command = Command::parse(line).ok_or(FrameError::UnknownCommand)?;
    let mut headers = Vec::new();
    loop {
        let (line, after) = self::line(rest)?;
        rest = after;
        if line.is_empty() {
            break;
        }
        if headers.len() == MAX_HEADERS {
            return Err(FrameError::TooManyHeaders);
        }
        let (name, value) = line.split_once(':').ok_or(FrameError::MalformedHeader)?;
        if name.is_empty() {
            return Err(FrameError::MalformedHeader);
        }
        // CONNECT frames do not escape, to stay readable for STOMP 1.0.
        let header = if command == Command::Connect {
            (name.to_owned(), value.to_owned())
        } else {
            (unescape(name)?, unescape(value)?)
        };
        headers.push(header);
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").map(|(_, value)| value.as_str());
    let end = match length {
        Some(text) => {
            let length: usize = text.parse().map_err(|_| FrameError::WrongLength)?;
            if rest.as_bytes().get(length) != Some(&0) {
                return Err(FrameError::WrongLength);
            }
            length
        }
        None => rest.find('\0').ok_or(FrameError::Unterminated)?,
    };
    let (body, tail) = rest.split_at_checked(end).ok_or(FrameError::WrongLength)?;
    if tail[1..].chars().any(|character| !matches!(character, '\n' | '\r')) {
        return Err(FrameError::Trailing);
    }
    Ok(Incoming::Frame(Frame { command, headers, body: body.to_owned() }))
}

fn line(text: &str) -> Result<(&str, &str), FrameError> {
    let (line, rest) = text.split_once('\n').ok_or(FrameError::Unterminated)?;
    if line.contains('\0') {
        return Err(FrameError::Unterminated);
    }
    Ok((line.strip_suffix('\r').unwrap_or(line), rest))
}

fn unescape(text: &str) -> Result<String, FrameError> {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        plain.push(match characters.next() {
            Some('n') => '\n',
            Some('r') => '\r',
            Some('c') => ':',
            Some('\\') => '\\',
            _ => return Err(FrameError::MalformedHeader),
        });
    }
    Ok(plain)
}

/// Prints a server frame.
#[must_use]
pub fn print(command: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut frame = String::with_capacity(command.len() + body.len() + 96);
    frame.push_str(command);
    frame.push('\n');
    for (name, value) in headers {
        escape_into(&mut frame, name, command);
        frame.push(':');
        escape_into(&mut frame, value, command);
        frame.push('\n');
    }
    frame.push('\n');
    frame.push_str(body);
    frame.push('\0');
    frame
}

fn escape_into(frame: &mut String, text: &str, command: &str) {
    if command == "CONNECTED" {
        frame.push_str(text);
        return;
    }
    for character in text.chars() {
        match character {
            '\n' => frame.push_str("\\n"),
            '\r' => frame.push_str("\\r"),
            ':' => frame.push_str("\\c"),
            '\\' => frame.push_str("\\\\"),
            other => frame.push(other),
        }
    }
}

/// The value of a `heart-beat` header: what each side promises, in milliseconds; zero is never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeartBeat {
    /// The sender can send this often.
    pub can_send: u32,
    /// The sender would like to hear this often.
    pub wants: u32,
}

impl HeartBeat {
    /// Reads `x,y`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (can_send, wants) = text.split_once(',')?;
        Some(Self { can_send: can_send.trim().parse().ok()?, wants: wants.trim().parse().ok()? })
    }
}

impl fmt::Display for HeartBeat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{},{}", self.can_send, self.wants)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn frame(text: &str) -> Frame {
        match parse(text) {
            Ok(Incoming::Frame(frame)) => frame,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_frame_is_read_with_either_line_end_and_the_first_of_repeated_headers() {
        for end in ["\n", "\r\n"] {
            let text = format!("SUBSCRIBE{end}id:a{end}id:b{end}destination:/topic/x{end}{end}body\0\n");
            let frame = frame(&text);
            assert_eq!(frame.command, Command::Subscribe);
            assert_eq!(frame.header("id"), Some("a"));
            assert_eq!(frame.header("destination"), Some("/topic/x"));
            assert_eq!(frame.body, "body");
        }
    }

    #[test]
    fn line_ends_alone_are_a_heartbeat() {
        for text in ["", "\n", "\r\n", "\n\n"] {
            assert_eq!(parse(text), Ok(Incoming::Heartbeat));
        }
    }

    #[test]
    fn headers_are_unescaped_except_in_connect() {
        assert_eq!(frame("SEND\nx:a\\cb\\\\\\n\n\n\0").header("x"), Some("a:b\\\n"));
        assert_eq!(frame("CONNECT\nx:a\\cb\n\n\0").header("x"), Some("a\\cb"));
    }

    /// LIVE-50: whatever is no frame is told why.
    #[test]
    fn malformed_frames_are_refused_by_name() {
        for (text, error) in [
            ("HELLO\n\n\0", FrameError::UnknownCommand),
            ("SEND\nnocolon\n\n\0", FrameError::MalformedHeader),
            ("SEND\n:v\n\n\0", FrameError::MalformedHeader),
            ("SEND\nx:\\t\n\n\0", FrameError::MalformedHeader),
            ("SEND\nx:1\n\nno end", FrameError::Unterminated),
            ("SEND\nx:1", FrameError::Unterminated),
            ("SEND\ncontent-length:9\n\nabc\0", FrameError::WrongLength),
            ("SEND\ncontent-length:2\n\nabc\0", FrameError::WrongLength),
            ("SEND\ncontent-length:-1\n\nabc\0", FrameError::WrongLength),
            ("SEND\ncontent-length:1\n\nγ\0", FrameError::WrongLength),
            ("SEND\n\nabc\0SEND\n\n\0", FrameError::Trailing),
        ] {
            assert_eq!(parse(text), Err(error), "{text:?}");
        }
        let many = format!("SEND\n{}\n\0", "x:1\n".repeat(MAX_HEADERS + 1));
        assert_eq!(parse(&many), Err(FrameError::TooManyHeaders));
    }

    /// A frame as clients write them: command, headers, body, and the separators between.
    fn pieces() -> impl Strategy<Value = Vec<String>> {
        let command = prop_oneof![
            Just("CONNECT"),
            Just("STOMP"),
            Just("SUBSCRIBE"),
            Just("UNSUBSCRIBE"),
            Just("SEND"),
            Just("DISCONNECT"),
            Just("ACK"),
            Just("MESSAGE"),
            Just("send"),
            Just(""),
        ];
        let name = prop_oneof![
            Just("id".to_owned()),
            Just("destination".to_owned()),
            Just("receipt".to_owned()),
            Just("content-length".to_owned()),
            "[a-zα-ω\\\\:]{0,6}",
        ];
        let value = prop_oneof!["[0-9]{0,22}", Just("-1".to_owned()), "\\PC{0,12}", "(\\\\[nrct\\\\]?){0,4}"];
        let header = (name, prop_oneof![Just(":"), Just(""), Just("::")], value, prop_oneof![Just("\n"), Just("\r\n")])
            .prop_map(|(name, colon, value, end)| format!("{name}{colon}{value}{end}"));
        let tail = prop_oneof![Just("\0"), Just(""), Just("\0\n\n"), Just("\0\0"), Just("\0SEND\n\n\0")];
        (command, proptest::collection::vec(header, 0..40), "[^\u{0}]{0,60}", tail).prop_map(
            |(command, headers, body, tail)| {
                let mut pieces = vec![format!("{command}\n")];
                pieces.extend(headers);
                pieces.extend(["\n".to_owned(), body, tail.to_owned()]);
                pieces
            },
        )
    }

    /// What holds of whatever was read: it is no larger than what was said, and reads the same when printed and read again.
    fn sound(text: &str) -> Result<(), TestCaseError> {
        let Ok(Incoming::Frame(read)) = parse(text) else { return Ok(()) };
        prop_assert!(read.headers.len() <= MAX_HEADERS);
        prop_assert!(read.body.len() < text.len());
        let held: usize = read.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        prop_assert!(held <= text.len());
        if matches!(read.command, Command::Send) && read.header("content-length").is_none() {
            let headers: Vec<_> = read.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            prop_assert_eq!(frame(&print("SEND", &headers, &read.body)), read);
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// LIVE-50: whatever bytes arrive as text, the parser answers, and keeps no more than it was given.
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            sound(&String::from_utf8_lossy(&bytes))?;
        }

        /// LIVE-50: frames with wrong commands, headers, lengths and ends.
        #[test]
        fn nearly_frames_are_answered(pieces in pieces()) {
            sound(&pieces.concat())?;
        }

        /// LIVE-50: frames of which pieces are missing, doubled or swapped.
        #[test]
        fn torn_frames_are_answered(
            mut pieces in pieces(),
            changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..3_u8), 0..6),
        ) {
            for (one, other, change) in changes {
                if pieces.is_empty() {
                    break;
                }
                let (one, other) = (one.index(pieces.len()), other.index(pieces.len()));
                match change {
                    0 => pieces.swap(one, other),
                    1 => pieces.insert(one, pieces[other].clone()),
                    _ => drop(pieces.remove(one)),
                }
            }
            sound(&pieces.concat())?;
        }

        /// LIVE-27: a promise of heartbeats is read or refused, never more.
        #[test]
        fn any_heartbeat_is_answered(text in "\\PC{0,30}|[0-9]{0,12},[0-9]{0,12}") {
            if let Some(read) = HeartBeat::parse(&text) {
                prop_assert_eq!(HeartBeat::parse(&read.to_string()), Some(read));
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC*|[A-Z]{4,9}\n([a-z]{1,3}:\\PC{0,5}\n){0,4}\n\\PC{0,20}\u{0}?") {
            let _ = parse(&text);
        }

        #[test]
        fn what_is_printed_reads_back(value in "[^\u{0}]{0,40}", body in "[^\u{0}]{0,80}") {
            let printed = print("SEND", &[("destination", &value)], &body);
            let frame = frame(&printed);
            prop_assert_eq!(frame.header("destination"), Some(value.as_str()));
            prop_assert_eq!(frame.body, body);
        }
    }
}
