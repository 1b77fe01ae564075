use stratiform_stack::Statement;

fn main() {
    let _ = Statement::allow("sqs:SendMessage");
}
