use stratiform_stack::condition::{boolean, key, string_equals};
use stratiform_stack::Statement;

fn main() {
    let _ = Statement::allow(["s3:GetObject"]).when(string_equals(key::SECURE_TRANSPORT, "true"));
    let _ = Statement::allow(["s3:GetObject"]).when(boolean(key::SECURE_TRANSPORT, "true"));
}
