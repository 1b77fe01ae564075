use stratiform_parts::Vpc;
use stratiform_stack::props;

fn main() {
    let _ = props!(Vpc {
        cidr: "10.0.0.0/16",
        zone: 2,
    });
}
