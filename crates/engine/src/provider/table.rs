//! The table `data/resources.tsv`: its lines, as they are written. What columns and words mean is said there.
//!
//! What does not live here: what follows where a line says nothing (`recipe`).

use std::sync::LazyLock;

static TABLE: &str = include_str!("../../data/resources.tsv");

/// Stands for what follows by rule.
const BY_RULE: &str = "-";

/// Ends a type that stands for all whose names start so.
const ANY: &str = "*";

/// A line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) resource_type: &'static str,
    pub(super) physical: Option<&'static str>,
    pub(super) reference: Option<&'static str>,
    attributes: Option<&'static str>,
    pub(super) create: &'static str,
    pub(super) check: Option<&'static str>,
    pub(super) delete: &'static str,
    pub(super) update: &'static str,
    unique: Option<&'static str>,
}

/// What must be unique, as a line says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Once {
    /// The name, and the primary identifier where the user gives all of it.
    ByRule,
    /// Groups of properties; none of them: nothing, not even the name.
    Groups(Vec<Vec<&'static str>>),
}

/// All lines, sorted by type.
static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| lines().filter_map(Row::read).collect());

fn lines() -> impl Iterator<Item = &'static str> {
    TABLE.lines().filter(|line| !line.starts_with('#'))
}

/// The line of a type: its own, or that of all whose names start so.
pub(super) fn row(resource_type: &str) -> Option<&'static Row> {
    let own = ROWS.binary_search_by_key(&resource_type, |row| row.resource_type);
    if let Ok(found) = own {
        return ROWS.get(found);
    }
    let stands_for = |row: &&Row| {
        let start = row.resource_type.strip_suffix(ANY);
        start.is_some_and(|start| resource_type.starts_with(start))
    };
    ROWS.iter().find(stands_for)
}

impl Row {
    /// Reads a line. That all lines are read is tested.
    fn read(line: &'static str) -> Option<Row> {
        let mut columns = line.split('\t');
        let mut column = || columns.next();
        let said = |column: &'static str| (column != BY_RULE).then_some(column);
        let row = Row {
            resource_type: column()?,
            physical: said(column()?),
            reference: said(column()?),
            attributes: said(column()?),
            create: column()?,
            check: said(column()?),
            delete: column()?,
            update: column()?,
            unique: said(column()?),
        };
        // The last column is for readers.
        let has_source = !column()?.is_empty();
        (has_source && columns.next().is_none()).then_some(row)
    }

    /// Attributes, each with its form.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let all = self.attributes.into_iter().flat_map(|all| all.split("; "));
        all.filter_map(|attribute| attribute.split_once('='))
    }

    pub(super) fn unique(&self) -> Once {
        match self.unique {
            None => Once::ByRule,
            Some("none") => Once::Groups(Vec::new()),
            Some(groups) => {
                let groups = groups.split(' ');
                Once::Groups(groups.map(|group| group.split('+').collect()).collect())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::course::Times;
    use crate::provider::form::Form;

    #[test]
    fn every_line_is_read_and_they_are_sorted() {
        let read: Vec<_> = ROWS.iter().map(|row| row.resource_type).collect();
        let written: Vec<_> = lines().filter_map(|line| line.split('\t').next()).collect();
        assert_eq!(read, written);
        assert!(read.is_sorted());
    }

    #[test]
    fn every_column_means_something() {
        for row in ROWS.iter() {
            let forms = row.physical.into_iter().chain(row.reference);
            for form in forms.chain(row.attributes().map(|(_, form)| form)) {
                assert!(Form::read(form).is_some(), "{}: {form}", row.resource_type);
            }
            for times in [row.create, row.delete, row.update] {
                assert!(
                    Times::read(times).is_some(),
                    "{}: {times}",
                    row.resource_type
                );
            }
            if let Some(check) = row.check {
                assert!(
                    check.parse::<u64>().is_ok(),
                    "{}: {check}",
                    row.resource_type
                );
            }
        }
    }

    #[test]
    fn lines_are_about_what_the_schemas_have() {
        for row in ROWS.iter().filter(|row| !row.resource_type.ends_with(ANY)) {
            let found = stratiform_catalog::catalog().resource_type(row.resource_type);
            let found = found.unwrap_or_else(|| panic!("{} is no type", row.resource_type));
            for (name, _) in row.attributes() {
                let has = found.attribute(name).is_some();
                assert!(has, "{} has no attribute {name}", row.resource_type);
            }
            let once = match row.unique() {
                Once::ByRule => Vec::new(),
                Once::Groups(groups) => groups.concat(),
            };
            for path in once {
                let first = path.split('.').next().unwrap_or_default();
                let has = found.schema().property(first).is_some();
                assert!(has, "{} has no property {path}", row.resource_type);
            }
        }
    }
}
