use stratiform_stack::props;

struct Own {
    name: String,
}

fn main() {
    props!(Own { name: "own" });
}
