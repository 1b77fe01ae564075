use stratiform_stack::props;
use typed_tests::dynamodb::table::KeySchema;

fn main() {
    let _ = props!(KeySchema { attribute_name: "id", key_type: "HASSH" });
}
