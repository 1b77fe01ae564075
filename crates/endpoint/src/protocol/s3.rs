//! S3's REST, as far as templates need it: buckets and objects.
//!
//! What lives here: path-style and virtual-host requests, chunked uploads, and answers as headers, bytes and XML.
//! The engine gets and gives an object's bytes as the text `Body`, and where they are no text, that is Base64, which
//! `Encoding` says (`base64`).
//!
//! What does not: multipart uploads and bodies in XML, which are bytes here like any other.

pub(crate) mod answer;
pub(crate) mod chunks;
pub(crate) mod request;
