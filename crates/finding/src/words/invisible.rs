//! Characters that are not what they seem, in one list.

use std::borrow::Cow;

/// How a character deceives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Trick {
    /// Looks like a blank, and is another character.
    Blank,
    /// Chooses between forms of the character before it: emoji have it.
    Variation,
    /// Leaves no mark, or changes the order of others.
    Hidden,
}

/// The one list. Source: Unicode's `General_Category` (Cf, Zl, Zp, Zs) and `Default_Ignorable_Code_Point`.
fn trick(character: char) -> Option<Trick> {
    match character {
        '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => {
            Some(Trick::Blank)
        }
        '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => Some(Trick::Variation),
        '\u{AD}'
        | '\u{61C}'
        | '\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{FFF0}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E00FF}'
        | '\u{E01F0}'..='\u{E0FFF}' => Some(Trick::Hidden),
        _ => None,
    }
}

/// Whether a character leaves no mark, changes the order of others, or looks like another: never shown as it is
/// where its very presence is what is wrong. Control characters are not among them.
pub fn is_invisible(character: char) -> bool {
    trick(character).is_some()
}

/// Text on one line, with everything visible: no escape sequence of a terminal and no change of direction passes.
///
/// Blanks of other widths and the variations of emoji stay: they deceive nobody who reads a value.
pub fn visible(text: &str) -> Cow<'_, str> {
    let hides = |character: char| character.is_control() || trick(character) == Some(Trick::Hidden);
    if !text.contains(hides) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => shown.push(' '),
            '\r' => {}
            character if hides(character) => shown.extend(character.escape_unicode()),
            character => shown.push(character),
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_change_of_direction_passes() {
        // Unicode's Bidi_Control, all of it.
        let marks = "\u{61C}\u{200E}\u{200F}\u{202A}\u{202B}\u{202C}\u{202D}\u{202E}\u{2066}\u{2067}\u{2068}\u{2069}";
        assert!(visible(marks).is_ascii(), "{}", visible(marks));
        assert_eq!(visible("a\u{61C}b"), "a\\u{61c}b");
        assert!(marks.chars().all(is_invisible));
    }

    #[test]
    fn what_leaves_no_mark_is_shown_and_what_does_stays() {
        assert_eq!(visible("a\r\n\tb\u{1B}[31m"), "a  b\\u{1b}[31m");
        assert_eq!(
            visible("soft\u{AD}hyphen, tag\u{E0041}"),
            "soft\\u{ad}hyphen, tag\\u{e0041}"
        );
        for text in ["plain", "12\u{A0}GB", "\u{26A0}\u{FE0F}", "größe"] {
            assert!(matches!(visible(text), Cow::Borrowed(same) if same == text));
        }
    }
}
