//! Sentences that stay short, whatever a text of the user says.

/// The longest value in a sentence, in characters.
const VALUE: usize = 80;

/// Cuts the values in a sentence that are long: what stands between backticks, and words.
pub fn cut_values(sentence: &mut String) {
    if sentence.len() <= VALUE {
        return;
    }
    let parts: Vec<String> = sentence
        .split('`')
        .enumerate()
        .map(|(index, part)| match index % 2 {
            0 => part.split(' ').map(cut_value).collect::<Vec<_>>().join(" "),
            _ => cut_value(part),
        })
        .collect();
    *sentence = parts.join("`");
}

/// The beginning and the end of a value.
fn cut_value(value: &str) -> String {
    let length = value.chars().count();
    if length <= VALUE {
        return value.to_owned();
    }
    let (head, tail) = (VALUE * 2 / 3, VALUE - VALUE * 2 / 3 - 1);
    let head = value.chars().take(head);
    head.chain(['…'])
        .chain(value.chars().skip(length - tail))
        .collect()
}

/// The beginning of a sentence, in so many characters; a name that is cut in two ends all the same.
pub fn beginning(sentence: &str, longest: usize) -> String {
    if sentence.chars().count() <= longest {
        return sentence.to_owned();
    }
    let mut beginning: String = sentence.chars().take(longest.saturating_sub(2)).collect();
    // Where that loses little, a word is whole.
    if let Some(end) = beginning
        .rfind(' ')
        .filter(|end| end * 3 > beginning.len() * 2)
    {
        beginning.truncate(end);
    }
    beginning.truncate(beginning.trim_end_matches([' ', ',', ':', ';']).len());
    beginning.push('…');
    if beginning.matches('`').count() % 2 == 1 {
        beginning.push('`');
    }
    beginning
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_cut_and_sentences_are_not() {
        let long = "x".repeat(100);
        let cut = format!("{}…{}", "x".repeat(53), "x".repeat(26));
        let mut sentence =
            format!("deletes the queue `{long}`: `short` {long} and its data with it");
        cut_values(&mut sentence);
        assert_eq!(
            sentence,
            format!("deletes the queue `{cut}`: `short` {cut} and its data with it")
        );
        let whole = "word ".repeat(50);
        let mut sentence = whole.clone();
        cut_values(&mut sentence);
        assert_eq!(sentence, whole);
    }

    #[test]
    fn a_beginning_is_never_longer_and_leaves_no_name_open() {
        let sentence = format!("deletes `{}` and more", "ü".repeat(30));
        for longest in 2..60 {
            let beginning = beginning(&sentence, longest);
            assert!(beginning.chars().count() <= longest, "{beginning}");
            assert_eq!(beginning.matches('`').count() % 2, 0, "{beginning}");
        }
    }
}
