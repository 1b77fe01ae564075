//! The macro that properties are written in. `stratiform_stack::props` has its documentation.
//!
//! A macro by example could do most of it. This one keeps the place of each token, so that the compiler underlines
//! the value that is wrong and proposes the field that was meant; and it needs no depth of recursion per field.
//!
//! What does not live here: which values a property takes, and what is required (`stratiform-stack`).

use proc_macro::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

/// See `stratiform_stack::props`.
#[proc_macro]
pub fn props(input: TokenStream) -> TokenStream {
    expand(input, "props", Extent::Whole)
}

/// See `stratiform_stack::partial`.
#[proc_macro]
pub fn partial(input: TokenStream) -> TokenStream {
    expand(input, "partial", Extent::Part)
}

/// Whether a literal names all that is required.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    Whole,
    Part,
}

fn expand(input: TokenStream, name: &str, extent: Extent) -> TokenStream {
    let tokens: Vec<TokenTree> = input.into_iter().collect();
    match literal(&tokens, extent) {
        Some(converted) => converted,
        None => refuse(
            name,
            tokens.first().map_or_else(Span::call_site, TokenTree::span),
        ),
    }
}

fn refuse(name: &str, at: Span) -> TokenStream {
    let message = format!("write a struct literal: `{name}!(sqs::Queue {{ delay_seconds: 5 }})`");
    let text = TokenTree::from(proc_macro::Literal::string(&message));
    let arguments = group(Delimiter::Parenthesis, text.into(), at);
    path("::core::compile_error!", at)
        .into_iter()
        .chain([arguments])
        .collect()
}

/// `path { fields }` with every value converted; nothing where the tokens are no literal.
fn literal(tokens: &[TokenTree], extent: Extent) -> Option<TokenStream> {
    let (TokenTree::Group(body), name) = tokens.split_last()? else {
        return None;
    };
    let only_names = name.iter().all(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => punct.as_char() == ':',
        TokenTree::Group(_) | TokenTree::Literal(_) => false,
    });
    // A block of its own (`unsafe { … }`) and a field without a value are no names of types.
    let last_is_type = matches!(name.last(), Some(TokenTree::Ident(ident))
        if ident.to_string().starts_with(|first: char| first.is_ascii_uppercase()));
    if body.delimiter() != Delimiter::Brace || !only_names || !last_is_type {
        return None;
    }
    let fields = fields(body.stream());
    let named = fields.iter().filter_map(|field| match field {
        Field::Set { name, .. } => Some(name),
        Field::AsItStands(_) => None,
    });
    let check = match extent {
        Extent::Whole => check(name, named),
        Extent::Part => TokenStream::new(),
    };
    let has_base = fields.iter().any(|field| match field {
        Field::AsItStands(tokens) => is_base(tokens),
        Field::Set { .. } => false,
    });
    let mut content: TokenStream = fields
        .into_iter()
        .flat_map(|field| match field {
            Field::Set { name, at, value } => set(name, at, &value),
            Field::AsItStands(tokens) => tokens.into_iter().collect(),
        })
        .collect();
    if !has_base {
        let at = span(name);
        let dots = [Spacing::Joint, Spacing::Alone].map(|spacing| punct('.', spacing, at));
        content.extend(dots);
        content.extend(path("::stratiform_stack::generated::Fields::unset", at));
        content.extend([group(Delimiter::Parenthesis, TokenStream::new(), at)]);
    }
    let literal: TokenStream = name
        .iter()
        .cloned()
        .chain([group(Delimiter::Brace, content, body.span())])
        .collect();
    if has_base {
        // What is required is in the base.
        return Some(literal);
    }
    let here = Span::mixed_site();
    let block: TokenStream = check
        .into_iter()
        .chain(path(EVERY_FIELD, here))
        .chain(literal)
        .chain(path("; properties", here))
        .collect();
    Some(group(Delimiter::Brace, block, Span::mixed_site()).into())
}

/// What takes a literal. One that names every field still has a base.
const EVERY_FIELD: &str = "#[allow(clippy::needless_update, clippy::allow_attributes, reason = \"generated\")] \
    let properties =";

/// `const _: () = complete::<…>(…);` at the name of the type: what is required and not named does not compile.
fn check<'a>(name: &[TokenTree], named: impl Iterator<Item = &'a Ident>) -> TokenStream {
    let at = span(name);
    let words = named.flat_map(|field| {
        let word = proc_macro::Literal::string(field.to_string().trim_start_matches("r#"));
        [TokenTree::from(word), punct(',', Spacing::Alone, at)]
    });
    let words = group(Delimiter::Bracket, words.collect(), at);
    let arguments: TokenStream = tokens("<", at)
        .chain(name.iter().cloned())
        .chain(tokens(
            "as ::stratiform_stack::generated::Fields>::REQUIRED, &",
            at,
        ))
        .chain([words])
        .collect();
    let arguments = group(Delimiter::Parenthesis, arguments, at);
    tokens("const _: () = ::stratiform_stack::generated::complete", at)
        .chain([arguments, punct(';', Spacing::Alone, at)])
        .collect()
}

/// A part of a literal.
enum Field {
    /// `name: value`, or a name that is its own value; `at` is where the compiler says what asks for its type.
    Set {
        name: Ident,
        at: Span,
        value: Vec<TokenTree>,
    },
    /// `..base`; and what is not finished, for the compiler to refuse and editors to complete.
    AsItStands(Vec<TokenTree>),
}

/// The fields of a literal. A comma ends one where the next one begins: `::<A, B>` has commas, too.
fn fields(body: TokenStream) -> Vec<Field> {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    let mut fields = Vec::new();
    let mut rest = tokens.as_slice();
    while !rest.is_empty() {
        let end = (1..rest.len())
            .find(|&end| is_comma(rest.get(end)) && begins_field(rest.get(end + 1..)))
            .unwrap_or(rest.len());
        // A name that another one follows has no value yet.
        if let [unfinished @ TokenTree::Ident(_), after @ ..] = rest
            && let [TokenTree::Ident(_), ..] = after
        {
            fields.push(Field::AsItStands(vec![unfinished.clone()]));
            rest = after;
            continue;
        }
        let (field, after) = rest.split_at(end);
        fields.push(match field {
            [TokenTree::Ident(name), TokenTree::Punct(colon), value @ ..]
                if colon.as_char() == ':' && !value.is_empty() =>
            {
                Field::Set {
                    name: name.clone(),
                    at: colon.span(),
                    value: value.to_vec(),
                }
            }
            [TokenTree::Ident(name)] => Field::Set {
                name: name.clone(),
                at: name.span(),
                value: vec![name.clone().into()],
            },
            other => Field::AsItStands(other.to_vec()),
        });
        rest = after.get(1..).unwrap_or_default();
    }
    fields
}

fn is_comma(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ',')
}

/// Whether a field begins here: `name:`, a name that is finished or not yet, `..`, or nothing at all.
fn begins_field(tokens: Option<&[TokenTree]>) -> bool {
    match tokens {
        Some([TokenTree::Ident(_), TokenTree::Punct(next), ..]) => match next.as_char() {
            ':' => next.spacing() == Spacing::Alone,
            ',' => true,
            _ => false,
        },
        // Not the second argument of a closure.
        Some([TokenTree::Ident(first), TokenTree::Ident(_), ..]) => {
            !["mut", "ref"].contains(&first.to_string().as_str())
        }
        Some([]) | Some([TokenTree::Ident(_)]) | None => true,
        Some(tokens) => is_base(tokens),
    }
}

/// Whether it is `..base`.
fn is_base(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Punct(first), TokenTree::Punct(second), ..]
        if first.as_char() == '.' && second.as_char() == '.')
}

/// `name: Into::into(value),`
fn set(name: Ident, at: Span, value: &[TokenTree]) -> TokenStream {
    let converted = converted("::core::convert::Into::into", value, at);
    [name.into(), punct(':', Spacing::Alone, at)]
        .into_iter()
        .chain(converted)
        .chain([punct(',', Spacing::Alone, at)])
        .collect()
}

/// A value by way of `function`, which the compiler names as what asks for its type.
fn converted(function: &str, value: &[TokenTree], at: Span) -> TokenStream {
    let argument = group(Delimiter::Parenthesis, self::value(value), span(value));
    path(function, at).into_iter().chain([argument]).collect()
}

/// A value: a literal of another structure, a list, or anything else as it stands.
fn value(tokens: &[TokenTree]) -> TokenStream {
    if let Some(literal) = literal(tokens, Extent::Whole) {
        return literal;
    }
    match tokens {
        [TokenTree::Group(list)] if list.delimiter() == Delimiter::Bracket => {
            let inner: Vec<TokenTree> = list.stream().into_iter().collect();
            let is_repetition = inner
                .iter()
                .any(|token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';'));
            if is_repetition {
                return tokens.iter().cloned().collect();
            }
            let members = inner
                .split(|token| is_comma(Some(token)))
                .filter(|member| !member.is_empty());
            let members = members.flat_map(|item| {
                member(item, list.span_open()).into_iter().chain([punct(
                    ',',
                    Spacing::Alone,
                    list.span(),
                )])
            });
            group(Delimiter::Bracket, members.collect(), list.span()).into()
        }
        [TokenTree::Literal(number)] => whole(number).into(),
        [TokenTree::Punct(minus), TokenTree::Literal(number)] => {
            [minus.clone().into(), whole(number)].into_iter().collect()
        }
        other => other.iter().cloned().collect(),
    }
}

/// A whole number of a type: one that could be of any has no message of its own where it does not fit.
fn whole(literal: &Literal) -> TokenTree {
    let text = literal.to_string().replace('_', "");
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(number) if is_decimal => {
            let mut typed = Literal::i64_suffixed(number);
            typed.set_span(literal.span());
            typed.into()
        }
        _ => literal.clone().into(),
    }
}

/// A member of a list, converted by itself, so that its neighbours may be of other kinds; or an entry of a map.
fn member(tokens: &[TokenTree], at: Span) -> TokenStream {
    const MEMBER: &str = "::stratiform_stack::generated::member";
    if let [TokenTree::Group(entry)] = tokens
        && entry.delimiter() == Delimiter::Parenthesis
    {
        let inner: Vec<TokenTree> = entry.stream().into_iter().collect();
        let comma = inner.iter().position(|token| is_comma(Some(token)));
        if let Some((key, rest)) = comma.map(|comma| inner.split_at(comma))
            && let Some((comma, value)) = rest.split_first()
            && !value.is_empty()
        {
            let value = match value.split_last() {
                Some((last, value)) if is_comma(Some(last)) => value,
                _ => value,
            };
            let entry_of_map: TokenStream = key
                .iter()
                .chain([comma])
                .cloned()
                .chain(converted(MEMBER, value, comma.span()))
                .collect();
            return group(Delimiter::Parenthesis, entry_of_map, entry.span()).into();
        }
    }
    converted(MEMBER, tokens, at)
}

/// Where some tokens stand: their first one.
fn span(tokens: &[TokenTree]) -> Span {
    tokens.first().map_or_else(Span::call_site, TokenTree::span)
}

fn group(delimiter: Delimiter, content: TokenStream, at: Span) -> TokenTree {
    let mut group = Group::new(delimiter, content);
    group.set_span(at);
    group.into()
}

fn punct(character: char, spacing: Spacing, at: Span) -> TokenTree {
    let mut punct = Punct::new(character, spacing);
    punct.set_span(at);
    punct.into()
}

/// Our own tokens, which lints take for a macro's, shown where `at` stands.
fn tokens(text: &str, at: Span) -> impl Iterator<Item = TokenTree> {
    let at = Span::mixed_site().located_at(at);
    let tokens: TokenStream = text.parse().unwrap_or_default();
    tokens.into_iter().map(move |mut token| {
        token.set_span(at);
        token
    })
}

fn path(text: &str, at: Span) -> TokenStream {
    tokens(text, at).collect()
}
