//! Generates the structs of the resource types that parts are made of, and shares them with whoever depends on this.

fn main() -> std::process::ExitCode {
    stratiform_codegen::build_shared("resources.txt", "::stratiform_parts::resources")
}
