//! `aws-chunked`: how clients upload what they sign or sum up on the way.
//!
//! Source: S3, "Signature calculations for the Authorization header: transferring payload in multiple chunks".
//! A chunk is its length in hexadecimal digits with extensions, its bytes, and a line end; trailers come last.

/// The bytes within the chunks; none where they are not in the form.
pub(crate) fn unwrap(body: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body;
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let (line, after) = (rest.get(..end)?, rest.get(end + 2..)?);
        let digits = line.split(|byte| *byte == b';').next()?;
        let length = usize::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        if length == 0 {
            return Some(bytes);
        }
        bytes.extend_from_slice(after.get(..length)?);
        rest = after.get(length..)?.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::unwrap;

    #[test]
    fn chunks_are_joined() {
        let body =
            b"3;chunk-signature=ab\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32:AA==\r\n\r\n";
        assert_eq!(unwrap(body).as_deref(), Some(&b"abcde"[..]));
        for body in [
            &b""[..],
            b"3\r\nab",
            b"x\r\n",
            b"2\r\nabc\r\n0\r\n",
            b"ffffffffffffffff\r\na",
            b"-1\r\na",
        ] {
            assert_eq!(unwrap(body), None);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes: Vec<u8>) {
            let _ = unwrap(&bytes);
        }
    }
}
