//! Makes the structs of the resource types that `resources.txt` lists.

fn main() -> std::process::ExitCode {
    stratiform_codegen::build("resources.txt")
}
