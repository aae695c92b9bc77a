//! A Rust file as a flat row of words and signs with their lines. Comments are gone and texts are single words, so a
//! check on words is not misled by either.

use std::str::FromStr as _;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// One word or sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The word, sign or bracket. A literal keeps its quotes.
    pub text: String,
    /// Line, counted from 1.
    pub line: usize,
}

/// The row of tokens; `None` when the file is no Rust.
pub fn of(source: &str) -> Option<Vec<Token>> {
    let stream = TokenStream::from_str(source).ok()?;
    let mut tokens = Vec::new();
    flatten(stream, &mut tokens);
    Some(tokens)
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                tokens.push(Token { text: open.to_owned(), line });
                flatten(group.stream(), tokens);
                tokens.push(Token { text: close.to_owned(), line: group.span_close().start().line });
            }
            other => tokens.push(Token { text: other.to_string(), line }),
        }
    }
}

/// Where the row `texts` stands among `tokens`, as lines.
pub fn lines_of<'a>(tokens: &'a [Token], texts: &'a [&'a str]) -> impl Iterator<Item = usize> + 'a {
    tokens
        .windows(texts.len())
        .filter(move |window| window.iter().zip(texts).all(|(token, text)| token.text == *text))
        .map(|window| window[0].line)
}
