use stratiform_parts::Vpc;
use stratiform_stack::props;

fn main() {
    let _ = props!(Vpc { zones: 2 });
}
