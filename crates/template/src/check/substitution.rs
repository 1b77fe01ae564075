//! The variables of `Fn::Sub`.

/// The names in `${…}`, in order; `${!Literal}` is no variable.
///
/// Blanks around a name are kept. A `${` without its `}` is text.
///
/// Source: CloudFormation template reference, "Fn::Sub".
pub fn sub_variables(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let start = rest.find("${")? + 2;
            let after = &rest[start..];
            let end = after.find('}')?;
            rest = &after[end + 1..];
            if !after.starts_with('!') {
                return Some(&after[..end]);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::sub_variables;

    fn check(text: &str, expected: &[&str]) {
        assert_eq!(sub_variables(text).collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn finds_variables() {
        check("", &[]);
        check("$", &[]);
        check("${", &[]);
        check("${A", &[]);
        check("${A}", &["A"]);
        check("a${A.B}b${AWS::Region}$${C}", &["A.B", "AWS::Region", "C"]);
        check("${!Literal}${A}", &["A"]);
        check("${}", &[""]);
        check("${ A }", &[" A "]);
        check("$A {B}", &[]);
        check("${é}", &["é"]);
    }
}
