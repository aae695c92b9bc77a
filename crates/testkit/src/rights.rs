//! Who may ask which route, read from the rule book: what the tests of both services expect stands there and nowhere else.
//!
//! It reads `docs/rules/authorization.md` (the matrix, and which routes each of its rows opens) and the endpoint tables of
//! all rule files. It never looks at code: what the services really do is asked of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use contracts::identity::Role;
use serde_json::Value;

/// Who may ask a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Right {
    /// Anybody may, or whoever proves itself in another way than by an access token.
    Public,
    /// Only the other service may.
    Internal,
    /// Only these roles may.
    Roles(BTreeSet<&'static str>),
}

impl Right {
    /// Whether a person with `role` may ask.
    #[must_use]
    pub fn allows(&self, role: Role) -> bool {
        match self {
            Self::Public => true,
            Self::Internal => false,
            Self::Roles(roles) => roles.contains(role.as_str()),
        }
    }

    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Roles(one), Self::Roles(two)) => Self::Roles(one.union(&two).copied().collect()),
            (Self::Roles(_), other) => other,
            (one, _) => one,
        }
    }
}

/// A method and a path; names of parameters do not count when two are compared.
#[derive(Debug, Clone)]
pub struct Route {
    /// In capitals.
    pub method: String,
    /// With `{names}` of its parameters.
    pub path: String,
}

impl Route {
    /// A route as it is written.
    #[must_use]
    pub fn new(method: &str, path: &str) -> Self {
        Self { method: method.to_uppercase(), path: path.to_owned() }
    }

    /// The path with an id in place of each parameter.
    #[must_use]
    pub fn concrete(&self) -> String {
        self.with_each_parameter("0198c3de-7a10-7000-8000-0000000000aa")
    }

    /// The path with `text` in place of each parameter.
    #[must_use]
    pub fn with_each_parameter(&self, text: &str) -> String {
        let segments = self.path.split('/').map(|segment| if segment.starts_with('{') { text } else { segment });
        segments.collect::<Vec<_>>().join("/")
    }

    fn key(&self) -> (String, &str) {
        (self.with_each_parameter("{}"), &self.method)
    }
}

impl PartialEq for Route {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Route {}

impl PartialOrd for Route {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Route {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl fmt::Display for Route {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method, self.path)
    }
}

/// The routes of a generated API document.
///
/// # Panics
/// When it is no API document.
#[must_use]
pub fn routes_of(document: &Value) -> BTreeSet<Route> {
    let paths = document["paths"].as_object().expect("paths");
    let routes = paths.iter().flat_map(|(path, item)| {
        item.as_object().expect("operations").keys().map(move |method| Route::new(method, path))
    });
    routes.collect()
}

/// What the rule book says about routes.
#[derive(Debug)]
pub struct RuleBook {
    /// By the matrix of `authorization.md`.
    pub matrix: BTreeMap<Route, Right>,
    /// By the endpoint tables of the rule files, with the file that has said it first.
    pub endpoints: BTreeMap<Route, (String, Right)>,
}

impl RuleBook {
    /// Reads the rule book of this repository.
    ///
    /// # Panics
    /// When it cannot be read or contradicts itself: it says where.
    #[must_use]
    pub fn read() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules");
        let mut texts = BTreeMap::new();
        for file in std::fs::read_dir(folder).expect("the rule book") {
            let path = file.expect("a rule file").path();
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            texts.insert(name, std::fs::read_to_string(&path).expect("a text"));
        }
        Self::parse(&texts)
    }

    /// The rule book in `texts`, by the names of their files.
    ///
    /// # Panics
    /// When it contradicts itself: it says where.
    #[must_use]
    pub fn parse(texts: &BTreeMap<String, String>) -> Self {
        let matrix = texts.get("authorization.md").map(|text| matrix(text)).unwrap_or_default();
        let mut endpoints: BTreeMap<Route, (String, Right)> = BTreeMap::new();
        for (file, text) in texts {
            for (route, right) in endpoints_of(file, text) {
                if let Some((earlier, known)) = endpoints.get(&route) {
                    assert_eq!(*known, right, "{earlier} and {file} do not agree about {route}");
                } else {
                    endpoints.insert(route, (file.clone(), right));
                }
            }
        }
        Self { matrix, endpoints }
    }

    /// Who may ask each of `routes`.
    ///
    /// # Panics
    /// When the rule book does not know one, or its matrix and its endpoint tables do not agree; it names all of them and
    /// says where to write them down.
    #[must_use]
    pub fn rights(&self, routes: &BTreeSet<Route>) -> Vec<(Route, Right)> {
        let (mut rights, mut problems) = (Vec::new(), Vec::new());
        for route in routes {
            match (self.matrix.get(route), self.endpoints.get(route)) {
                (Some(by_matrix), Some((_, by_table))) if by_matrix == by_table => {
                    rights.push((route.clone(), by_matrix.clone()));
                }
                (Some(by_matrix), Some((file, by_table))) => {
                    problems.push(format!("{route}: the matrix says {by_matrix:?}, {file} says {by_table:?}"));
                }
                (None, _) => problems.push(format!("{route}: no row of `Routes of the matrix` in authorization.md")),
                (_, None) => problems.push(format!("{route}: no row in `Endpoints` of a rule file")),
            }
        }
        assert!(problems.is_empty(), "docs/rules does not say who may ask:\n{}", problems.join("\n"));
        rights
    }
}

/// The matrix of `authorization.md`: for each route the rights of all rows that open it.
fn matrix(text: &str) -> BTreeMap<Route, Right> {
    let columns = [Role::Customer, Role::CourtOwner, Role::SupportAgent, Role::PlatformAdmin];
    let mut operations = BTreeMap::new();
    for cells in table(text, "Matrix") {
        let [operation, by_role @ ..] = cells.as_slice() else { continue };
        assert_eq!(by_role.len(), columns.len(), "a cell for each role: {operation}");
        let right = if by_role.iter().all(|cell| cell == "public") {
            Right::Public
        } else {
            let allowed = columns.iter().zip(by_role).filter(|(_, cell)| *cell != "-");
            Right::Roles(allowed.map(|(role, _)| role.as_str()).collect())
        };
        assert!(operations.insert(operation.clone(), right).is_none(), "two rows of the matrix for {operation}");
    }
    let mut rights: BTreeMap<Route, Right> = BTreeMap::new();
    for cells in table(text, "Routes of the matrix") {
        let right = operations.get(&cells[0]).unwrap_or_else(|| panic!("the matrix has no row {}", cells[0]));
        for opened in cells[1].split(';') {
            let (opened, is_open) = match opened.trim().strip_suffix(" open") {
                Some(route) => (route, true),
                None => (opened.trim(), false),
            };
            let (methods, path) = opened.split_once(" /").unwrap_or_else(|| panic!("no route: {opened}"));
            for method in methods.split(',') {
                let route = Route::new(method.trim(), &format!("/{path}"));
                let right = if is_open {
                    Right::Public
                } else if route.path.starts_with("/internal/") {
                    Right::Internal
                } else {
                    right.clone()
                };
                let known = rights.remove(&route);
                rights.insert(route, known.map_or(right.clone(), |known| known.or(right)));
            }
        }
    }
    rights
}

/// The endpoint table of one rule file.
fn endpoints_of(file: &str, text: &str) -> Vec<(Route, Right)> {
    let section = section(text, "Endpoints");
    let prefix = section.split_once("Paths under `").and_then(|(_, rest)| rest.split('`').next());
    let mut found = Vec::new();
    for cells in table(text, "Endpoints") {
        let methods: Vec<&str> = cells[0].split(',').map(bare).collect();
        if matches!(methods[0], "SUBSCRIBE" | "SEND") {
            continue;
        }
        let roles: Vec<&str> = cells[2].split(';').collect();
        let mut paths: Vec<String> = Vec::new();
        for written in cells[1].split(',') {
            let path = bare(written.split('?').next().unwrap_or_default());
            assert!(path.starts_with('/'), "{file}: no path: {written}");
            let is_whole = ["/api/", "/internal/", "/.well-known/"].iter().any(|start| path.starts_with(start));
            let path = match (is_whole || path == "/ws", prefix, paths.last().and_then(|path| path.rsplit_once('/'))) {
                (true, ..) => path.to_owned(),
                (false, Some(prefix), _) => format!("{prefix}{path}").trim_end_matches('/').to_owned(),
                // The sibling of the path before it.
                (false, None, Some((parent, _))) => format!("{parent}{path}"),
                (false, None, None) => panic!("{file}: the first path of a row is a whole one: {written}"),
            };
            paths.push(path);
        }
        for (index, method) in methods.iter().enumerate() {
            let roles = if roles.len() > 1 { roles[index] } else { roles[0] };
            let right = roles_of(file, roles);
            found.extend(paths.iter().map(|path| (Route::new(method, path), right.clone())));
        }
    }
    found
}

/// A cell without the mark of an addition and without remarks in brackets.
fn bare(cell: &str) -> &str {
    cell.split('(').next().unwrap_or_default().trim().trim_end_matches('*')
}

fn roles_of(file: &str, cell: &str) -> Right {
    let every = [Role::Customer, Role::CourtOwner, Role::SupportAgent, Role::PlatformAdmin];
    let rights = cell.split(',').map(|name| match bare(name) {
        "public" | "Stripe" => Right::Public,
        "internal" | "service" => Right::Internal,
        "any" | "any role" | "any signed in" => Right::Roles(every.iter().map(|role| role.as_str()).collect()),
        name => {
            let role = match name {
                "C" => Role::Customer,
                "O" => Role::CourtOwner,
                "S" => Role::SupportAgent,
                "A" => Role::PlatformAdmin,
                name => *every
                    .iter()
                    .find(|role| role.as_str() == name)
                    .unwrap_or_else(|| panic!("{file}: nobody is called {name}")),
            };
            Right::Roles([role.as_str()].into())
        }
    });
    rights.reduce(Right::or).unwrap_or_else(|| panic!("{file}: nobody is named"))
}

/// The text under the heading `title`.
fn section<'a>(text: &'a str, title: &str) -> &'a str {
    let heading = format!("## {title}\n");
    let Some(begin) = text.find(&heading) else { return "" };
    let rest = &text[begin + heading.len()..];
    rest.split("\n## ").next().unwrap_or_default()
}

/// The cells of the table under the heading `title`, without its head.
fn table(text: &str, title: &str) -> Vec<Vec<String>> {
    let lines = section(text, title).lines().filter(|line| line.starts_with('|')).skip(2);
    let cells = lines.map(|line| line.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect());
    cells.collect()
}
