//! What services are called: a parameter `WebApiImage` has the image of the service `web-api`.

/// How the parameter with a service's image ends.
pub(crate) const PARAMETER: &str = "Image";

/// The service of a parameter: `web-api` of `WebApiImage`.
pub(crate) fn service_of(parameter: &str) -> Option<String> {
    let service = parameter.strip_suffix(PARAMETER)?;
    (!service.is_empty()).then(|| kebab(service))
}

/// `WebApi` → `web-api`.
pub(crate) fn kebab(service: &str) -> String {
    let mut name = String::new();
    for character in service.chars() {
        if character.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}
