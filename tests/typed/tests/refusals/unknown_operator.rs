use stratiform_stack::condition::{key, string_equal};
use stratiform_stack::Statement;

fn main() {
    let _ = Statement::allow(["s3:GetObject"]).when(string_equal(key::SOURCE_ACOUNT, "1"));
}
