//! The forms that issuers give to their secrets: how they begin, and what follows.

use super::{Kind, Proof};

/// What may stand in the rest of a secret, as a set of [`class`]es.
type Alphabet = u16;

const DIGIT: Alphabet = 1;
const LOWER_HEX: Alphabet = 1 << 1;
const LOWER: Alphabet = 1 << 2;
const UPPER_HEX: Alphabet = 1 << 3;
const UPPER: Alphabet = 1 << 4;
const UNDERSCORE: Alphabet = 1 << 5;
const HYPHEN: Alphabet = 1 << 6;
const DOT: Alphabet = 1 << 7;
const PLUS_SLASH: Alphabet = 1 << 8;
const EQUALS: Alphabet = 1 << 9;

const CAPITALS: Alphabet = DIGIT | UPPER_HEX | UPPER;
const WORD: Alphabet = CAPITALS | LOWER_HEX | LOWER;
const HEX: Alphabet = DIGIT | LOWER_HEX;
const NAME: Alphabet = WORD | UNDERSCORE;
const URL: Alphabet = NAME | HYPHEN;
const DOTTED: Alphabet = URL | DOT;
const BASE64: Alphabet = WORD | PLUS_SLASH | EQUALS;

/// The classes of a byte.
const fn class(byte: u8) -> Alphabet {
    match byte {
        b'0'..=b'9' => DIGIT,
        b'a'..=b'f' => LOWER_HEX,
        b'g'..=b'z' => LOWER,
        b'A'..=b'F' => UPPER_HEX,
        b'G'..=b'Z' => UPPER,
        b'_' => UNDERSCORE,
        b'-' => HYPHEN,
        b'.' => DOT,
        b'+' | b'/' => PLUS_SLASH,
        b'=' => EQUALS,
        _ => 0,
    }
}

/// A form: how it begins, what follows, and how much of that.
pub(super) struct Format {
    pub(super) prefix: &'static str,
    rest: Alphabet,
    pub(super) least: usize,
    pub(super) most: usize,
    pub(super) kind: Kind,
}

#[cfg(test)]
impl Format {
    /// All that may stand in its rest, so that tests can make one.
    pub(super) fn letters(&self) -> String {
        let all = (0..=127_u8).filter(|byte| class(*byte) & self.rest & WORD != 0);
        all.map(char::from).collect()
    }
}

const fn sure(
    noun: &'static str,
    prefix: &'static str,
    rest: Alphabet,
    (least, most): (usize, usize),
) -> Format {
    Format {
        prefix,
        rest,
        least,
        most,
        kind: Kind {
            noun,
            proof: Proof::Form,
        },
    }
}

const fn likely(
    noun: &'static str,
    prefix: &'static str,
    rest: Alphabet,
    (least, most): (usize, usize),
) -> Format {
    let format = sure(noun, prefix, rest, (least, most));
    Format {
        kind: Kind {
            noun,
            proof: Proof::Likely,
        },
        ..format
    }
}

/// As long as anything can be.
const ANY: usize = 2048;

/// All of them. Sources are the issuers' own pages; which issuers matter was read off the lists of detect-secrets and
/// CredSweeper. IDs that name an account and open nothing (Twilio's `AC…` and `SK…`, Stripe's `pk_…`, OAuth client IDs)
/// are none.
#[rustfmt::skip]
pub(super) const FORMATS: &[Format] = &[
    // IAM user guide, "IAM identifiers": an ID alone opens nothing, and its secret is rarely far.
    likely("an access key ID of AWS", "AKIA", CAPITALS, (16, 16)),
    likely("an access key ID of AWS", "ASIA", CAPITALS, (16, 16)),
    // Amazon Bedrock user guide, "API keys": long-term and short-term ones.
    sure("an API key of Amazon Bedrock", "ABSK", BASE64, (100, 300)),
    sure("an API key of Amazon Bedrock", "bedrock-api-key-", BASE64, (100, ANY)),
    // GitHub docs, "GitHub's token formats".
    sure("a token of GitHub", "ghp_", NAME, (36, 255)),
    sure("a token of GitHub", "gho_", NAME, (36, 255)),
    sure("a token of GitHub", "ghu_", NAME, (36, 255)),
    sure("a token of GitHub", "ghs_", NAME, (36, 255)),
    sure("a token of GitHub", "ghr_", NAME, (36, 255)),
    sure("a token of GitHub", "github_pat_", NAME, (82, 255)),
    // GitLab docs, "Token overview": prefixes.
    sure("a token of GitLab", "glpat-", DOTTED, (20, 300)),
    sure("a token of GitLab", "gldt-", DOTTED, (20, 300)),
    sure("a token of GitLab", "glrt-", DOTTED, (20, 300)),
    sure("a token of GitLab", "glcbt-", DOTTED, (20, 300)),
    sure("a token of GitLab", "glptt-", DOTTED, (20, 300)),
    sure("a token of GitLab", "gloas-", DOTTED, (20, 300)),
    sure("a token of GitLab", "glsoat-", DOTTED, (20, 300)),
    sure("a token of GitLab", "glagent-", DOTTED, (20, 300)),
    // Slack docs, "Tokens", and "Sending messages using incoming webhooks".
    sure("a token of Slack", "xoxb-", URL, (20, 300)),
    sure("a token of Slack", "xoxp-", URL, (20, 300)),
    sure("a token of Slack", "xoxa-", URL, (20, 300)),
    sure("a token of Slack", "xoxr-", URL, (20, 300)),
    sure("a token of Slack", "xoxs-", URL, (20, 300)),
    sure("a token of Slack", "xoxe-", URL, (20, 300)),
    sure("a token of Slack", "xapp-", URL, (20, 300)),
    sure("a webhook of Slack", "hooks.slack.com/services/", WORD | PLUS_SLASH, (36, 80)),
    // Discord docs, "Webhook resource".
    sure("a webhook of Discord", "discord.com/api/webhooks/", URL | PLUS_SLASH, (70, 140)),
    // Stripe docs, "API keys", and "Webhooks": keys of the sandbox move no money.
    sure("a secret key of Stripe", "sk_live_", WORD, (24, 247)),
    sure("a secret key of Stripe", "rk_live_", WORD, (24, 247)),
    likely("a secret test key of Stripe", "sk_test_", WORD, (24, 247)),
    likely("a secret test key of Stripe", "rk_test_", WORD, (24, 247)),
    sure("a signing secret of a webhook", "whsec_", BASE64, (32, 100)),
    // npm docs, "About access tokens"; PyPI help, "API tokens"; RubyGems guides; NuGet docs; crates have no form.
    sure("a token of npm", "npm_", WORD, (36, 36)),
    sure("a token of PyPI", "pypi-AgEIcHlwaS5vcmc", URL, (50, ANY)),
    sure("a token of PyPI", "pypi-AgENdGVzdC5weXBpLm9yZw", URL, (50, ANY)),
    sure("an API key of RubyGems", "rubygems_", HEX, (48, 48)),
    sure("an API key of NuGet", "oy2", DIGIT | LOWER_HEX | LOWER, (43, 43)),
    // Docker docs, "Access tokens".
    sure("a token of Docker", "dckr_pat_", URL, (27, 60)),
    sure("a token of Docker", "dckr_oat_", URL, (27, 60)),
    // Google Cloud docs, "API keys" (many of them are for browsers), and "OAuth 2.0".
    likely("an API key of Google", "AIza", URL, (35, 35)),
    sure("a client secret of Google", "GOCSPX-", URL, (28, 28)),
    sure("an access token of Google", "ya29.", DOTTED, (60, ANY)),
    // Azure docs, "Configure Azure Storage connection strings", and "Service Bus: SAS".
    sure("a connection string of Azure", "AccountKey=", BASE64, (86, 88)),
    sure("a connection string of Azure", "SharedAccessKey=", BASE64, (43, 60)),
    // Twilio SendGrid docs, "API keys"; Mailgun has no form of its own any more.
    sure("an API key of SendGrid", "SG.", DOTTED, (66, 66)),
    // OpenAI, Anthropic, Hugging Face, Groq, Replicate: API references, "Authentication".
    sure("an API key of OpenAI", "sk-proj-", URL, (40, 300)),
    sure("an API key of OpenAI", "sk-svcacct-", URL, (40, 300)),
    sure("an API key of OpenAI", "sk-admin-", URL, (40, 300)),
    sure("an API key of Anthropic", "sk-ant-", URL, (80, 300)),
    likely("an API key", "sk-", WORD, (48, 48)),
    likely("an API key", "sk-or-v1-", HEX, (64, 64)),
    sure("a token of Hugging Face", "hf_", WORD, (34, 40)),
    sure("an API key of Groq", "gsk_", WORD, (52, 52)),
    sure("a token of Replicate", "r8_", WORD, (37, 40)),
    // Providers of infrastructure: API references, "Authentication" or "Tokens".
    sure("a token of DigitalOcean", "dop_v1_", HEX, (64, 64)),
    sure("a token of DigitalOcean", "doo_v1_", HEX, (64, 64)),
    sure("a token of DigitalOcean", "dor_v1_", HEX, (64, 64)),
    sure("a token of Databricks", "dapi", HEX, (32, 32)),
    sure("a token of HashiCorp Vault", "hvs.", URL, (24, 300)),
    sure("a token of HashiCorp Vault", "hvb.", URL, (90, 400)),
    sure("a token of HCP Terraform", "atlasv1.", URL | EQUALS, (60, 80)),
    sure("a token of Pulumi", "pul-", HEX, (40, 40)),
    sure("a token of PlanetScale", "pscale_tkn_", DOTTED, (32, 64)),
    sure("a password of PlanetScale", "pscale_pw_", DOTTED, (32, 64)),
    sure("a token of Supabase", "sbp_", HEX, (40, 40)),
    sure("a secret key of Supabase", "sb_secret_", URL, (30, 50)),
    sure("a key of Tailscale", "tskey-", URL, (24, 80)),
    sure("a token of Fly.io", "fo1_", URL, (43, 43)),
    sure("an API key of Heroku", "HRKU-", URL, (36, 70)),
    sure("a token of Doppler", "dp.pt.", WORD, (40, 44)),
    sure("a token of Doppler", "dp.st.", DOTTED, (40, 80)),
    // Observability.
    sure("a token of Grafana", "glsa_", NAME, (41, 41)),
    sure("a token of Grafana Cloud", "glc_", BASE64, (32, 400)),
    sure("a user key of New Relic", "NRAK-", CAPITALS, (27, 27)),
    sure("a token of Dynatrace", "dt0c01.", DOTTED, (80, 90)),
    sure("a token of Sentry", "sntrys_", BASE64 | UNDERSCORE, (60, 400)),
    sure("a token of Sentry", "sntryu_", HEX, (64, 64)),
    // Products of other teams.
    sure("a token of Shopify", "shpat_", HEX, (32, 32)),
    sure("a token of Shopify", "shpca_", HEX, (32, 32)),
    sure("a token of Shopify", "shppa_", HEX, (32, 32)),
    sure("a secret of Shopify", "shpss_", HEX, (32, 32)),
    sure("a token of Square", "sq0atp-", URL, (22, 22)),
    sure("a secret of Square", "sq0csp-", URL, (43, 43)),
    sure("a token of Atlassian", "ATATT3", URL | EQUALS, (180, 250)),
    sure("a key of Linear", "lin_api_", WORD, (40, 40)),
    sure("a token of Notion", "ntn_", WORD, (40, 50)),
    sure("a key of Postman", "PMAK-", WORD | HYPHEN, (59, 59)),
    sure("a token of Figma", "figd_", URL, (40, 50)),
    sure("a key of age", "AGE-SECRET-KEY-1", CAPITALS, (58, 58)),
];

/// So many buckets for the first three bytes of a form.
const BUCKETS: usize = 4096;

/// Which buckets have a form: nearly every word is in one that has none, and needs no further look.
const BEGINS: [bool; BUCKETS] = {
    let mut begins = [false; BUCKETS];
    let mut at = 0;
    while at < FORMATS.len() {
        let prefix = FORMATS[at].prefix.as_bytes();
        begins[bucket(prefix[0], prefix[1], prefix[2])] = true;
        at += 1;
    }
    begins
};

/// A bucket for three bytes.
const fn bucket(first: u8, second: u8, third: u8) -> usize {
    let (first, second, third) = (first as usize, second as usize, third as usize);
    (first * 1031 + second * 37 + third) % BUCKETS
}

/// A form that a text begins with, and how long it is; with where what was made up begins.
pub(super) fn at_start(text: &[u8]) -> Option<(Kind, usize, usize)> {
    let [first, second, third, ..] = text else {
        return None;
    };
    if !BEGINS[bucket(*first, *second, *third)] {
        return None;
    }
    let fits = |format: &&Format| text.starts_with(format.prefix.as_bytes());
    FORMATS.iter().filter(fits).find_map(|format| {
        let start = format.prefix.len();
        let rest = text.get(start..)?;
        // What is longer is something else, however long it is.
        let length = run(rest.get(..=format.most).unwrap_or(rest), format.rest);
        let is_long_enough = (format.least..=format.most).contains(&length);
        // What goes on as a word is another word.
        let goes_on = rest
            .get(length)
            .is_some_and(|byte| class(*byte) & NAME != 0);
        (is_long_enough && !goes_on).then_some((format.kind, start, start + length))
    })
}

/// How many bytes at the beginning are in an alphabet.
pub(super) fn run(text: &[u8], alphabet: Alphabet) -> usize {
    let is_outside = |byte: &u8| class(*byte) & alphabet == 0;
    text.iter().position(is_outside).unwrap_or(text.len())
}

/// A JSON Web Token (RFC 7519): two parts that are JSON, and a signature. How long the text's one is.
pub(super) fn web_token(text: &[u8]) -> Option<usize> {
    /// No part is longer.
    const LONGEST: usize = 8192;
    let part = |from: usize, least: usize| {
        let rest = text.get(from..)?;
        let length = run(rest.get(..=LONGEST).unwrap_or(rest), URL);
        (least..=LONGEST).contains(&length).then_some(from + length)
    };
    let dot = |at: usize| (text.get(at) == Some(&b'.')).then_some(at + 1);
    let header = part(0, 15)?;
    let claims = dot(header)?;
    if !text.get(claims..)?.starts_with(b"eyJ") {
        return None;
    }
    let end = part(claims, 15)?;
    part(dot(end)?, 20)
}

/// A private key (RFC 7468), from its first line: how long it is, and what is in it, from and to.
pub(super) fn private_key(text: &str) -> Option<(usize, usize, usize)> {
    /// No key is longer.
    const LONGEST: usize = 20_000;
    let label = text.strip_prefix("-----BEGIN ")?;
    let ends = label.bytes().take(40).position(|byte| byte == b'-')?;
    let (label, after) = label.split_at(ends);
    let is_private = label == "PRIVATE KEY"
        || label.ends_with(" PRIVATE KEY")
        || label == "PGP PRIVATE KEY BLOCK";
    if !is_private {
        return None;
    }
    let body = after.strip_prefix("-----")?;
    let start = text.len() - body.len();
    let until = body.floor_char_boundary(LONGEST);
    let body = body.get(..until).unwrap_or(body);
    let end = body.find("-----").unwrap_or(body.len());
    let last = body.get(end..).unwrap_or_default();
    // `-----END PRIVATE KEY-----`, where the key has an end.
    let closes = last.strip_prefix("-----END ").and_then(|rest| {
        let rest = rest.get(..rest.floor_char_boundary(45)).unwrap_or(rest);
        Some("-----END ".len() + rest.find("-----")? + "-----".len())
    });
    Some((start + end + closes.unwrap_or(0), start, start + end))
}

/// Forty characters of a secret access key (IAM user guide, "Managing access keys"): no other word is like that, but
/// where its name says nothing it may be any digest in base64.
pub(super) fn is_secret_access_key(text: &str) -> bool {
    let bytes = text.as_bytes();
    let has = |alphabet: Alphabet| bytes.iter().any(|byte| class(*byte) & alphabet != 0);
    bytes.len() == 40
        && run(bytes, WORD | PLUS_SLASH) == 40
        && has(DIGIT)
        && has(UPPER | UPPER_HEX)
        && has(LOWER | LOWER_HEX)
}

/// What a byte is on the way through a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Part of a word as programs have them.
    Word,
    /// A sign that a secret may stand at: `:`, `=`, `-`, `~`.
    Sign,
    Other,
}

const ROLES: [Role; 256] = {
    let mut roles = [Role::Other; 256];
    let mut byte = 0;
    while byte < 256 {
        roles[byte] = match byte as u8 {
            b':' | b'=' | b'-' | b'~' => Role::Sign,
            other if class(other) & NAME != 0 => Role::Word,
            _ => Role::Other,
        };
        byte += 1;
    }
    roles
};

/// What a byte is on the way through a text.
pub(super) fn role(byte: u8) -> Role {
    ROLES[usize::from(byte)]
}

/// Whether a byte is in a word as programs have them.
pub(super) fn is_of_word(byte: u8) -> bool {
    role(byte) == Role::Word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_there_once_and_can_be() {
        for (at, format) in FORMATS.iter().enumerate() {
            let mut later = FORMATS.iter().skip(at + 1);
            assert!(
                later.all(|other| other.prefix != format.prefix),
                "{}",
                format.prefix
            );
            assert!(format.least <= format.most, "{}", format.prefix);
            assert!(format.most <= ANY, "{}", format.prefix);
        }
    }
}
