//! Places for nodes in layers, from left to right: what is referred to stands left of what refers to it.
//!
//! The usual three steps (Sugiyama and others, 1981): layers by the longest path, an order in each layer with few
//! crossings, heights close to those of neighbours. A line that passes a layer has a place of its own there.

pub(crate) const NODE_WIDTH: i32 = 212;
pub(crate) const NODE_HEIGHT: i32 = 62;
/// What a line needs where it passes a layer.
const LINE_HEIGHT: i32 = 14;
/// Between layers, and between the nodes of a layer.
const GAP: (i32, i32) = (64, 20);
const MARGIN: i32 = 8;
/// How often orders and heights are improved.
const SWEEPS: usize = 12;

/// Where everything is drawn, in pixels.
pub(super) struct Layout {
    /// Left and top of each node.
    pub places: Vec<(i32, i32)>,
    /// The line of each edge.
    pub paths: Vec<String>,
    pub width: i32,
    pub height: i32,
}

/// A node, or the place where a line passes a layer.
struct Vertex {
    layer: usize,
    height: i32,
    /// The middle.
    y: f64,
    left: Vec<usize>,
    right: Vec<usize>,
}

/// Places nodes `0..count`; an edge leads from what is referred to to what refers. What is not connected stands one
/// below the other.
pub(super) fn layout(count: usize, edges: &[(usize, usize)]) -> Layout {
    let mut layout = Layout {
        places: vec![(0, 0); count],
        paths: vec![String::new(); edges.len()],
        width: 0,
        height: MARGIN,
    };
    for nodes in components(count, edges) {
        let place = |node| nodes.binary_search(&node).ok();
        let own: Vec<(usize, (usize, usize))> = edges
            .iter()
            .enumerate()
            .filter_map(|(index, (from, to))| Some((index, (place(*from)?, place(*to)?))))
            .collect();
        let pairs: Vec<(usize, usize)> = own.iter().map(|(_, pair)| *pair).collect();
        let part = component(nodes.len(), &pairs, layout.height);
        for (node, place) in nodes.iter().zip(part.places) {
            layout.places[*node] = place;
        }
        for ((edge, _), path) in own.iter().zip(part.paths) {
            layout.paths[*edge] = path;
        }
        layout.width = layout.width.max(part.width);
        layout.height = part.height + GAP.1;
    }
    layout.height += MARGIN - GAP.1;
    layout
}

/// The nodes that are connected with each other, in order.
fn components(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut names: Vec<usize> = (0..count).collect();
    for (from, to) in edges {
        let (one, other) = (names[*from], names[*to]);
        for name in &mut names {
            if *name == one.max(other) {
                *name = one.min(other);
            }
        }
    }
    let members = |name| (0..count).filter(|node| names[*node] == name).collect();
    (0..count)
        .filter(|node| names[*node] == *node)
        .map(members)
        .collect()
}

/// Places nodes that are connected, below what is there already.
fn component(count: usize, edges: &[(usize, usize)], top: i32) -> Layout {
    let forward = without_circles(count, edges);
    let mut vertices: Vec<Vertex> = layers(count, &forward)
        .into_iter()
        .map(|layer| Vertex::new(layer, NODE_HEIGHT))
        .collect();
    let chains: Vec<Vec<usize>> = edges
        .iter()
        .map(|edge| chain(*edge, &mut vertices))
        .collect();
    let depth = vertices.iter().map(|vertex| vertex.layer + 1).max();
    let mut columns = vec![Vec::new(); depth.unwrap_or_default()];
    for (index, vertex) in vertices.iter().enumerate() {
        columns[vertex.layer].push(index);
    }
    for sweep in 0..SWEEPS {
        for column in in_turn(&mut columns, sweep) {
            order(column, &vertices, sweep);
            stack(column, &mut vertices, |vertex, _| vertex.y);
        }
    }
    for sweep in 0..SWEEPS {
        for column in in_turn(&mut columns, sweep) {
            stack(column, &mut vertices, |vertex, vertices| {
                mean(vertices, vertex.left.iter().chain(&vertex.right)).unwrap_or(vertex.y)
            });
        }
    }
    drawn(&vertices, (count, columns.len()), &chains, top)
}

impl Vertex {
    fn new(layer: usize, height: i32) -> Vertex {
        Vertex {
            layer,
            height,
            y: 0.0,
            left: Vec::new(),
            right: Vec::new(),
        }
    }
}

/// The edges without those that would close a circle: a template has none, but a reference that goes may turn round.
fn without_circles(count: usize, edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let mut kept = Vec::new();
    let mut next = vec![Vec::new(); count];
    for &(from, to) in edges {
        let mut seen = vec![false; count];
        let mut open = vec![to];
        while let Some(index) = open.pop() {
            if !std::mem::replace(&mut seen[index], true) {
                open.extend(&next[index]);
            }
        }
        if !seen[from] {
            next[from].push(to);
            kept.push((from, to));
        }
    }
    kept
}

/// The layer of each node: as far left as possible; what refers to nothing, next to what refers to it.
fn layers(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut layers = vec![0; count];
    for _ in 0..count {
        for &(from, to) in edges {
            layers[to] = layers[to].max(layers[from] + 1);
        }
    }
    for node in 0..count {
        if edges.iter().all(|(_, to)| *to != node) {
            let users = edges.iter().filter(|(from, _)| *from == node);
            let nearest = users.map(|(_, to)| layers[*to]).min();
            layers[node] = nearest.map_or(0, |layer| layer - 1);
        }
    }
    layers
}

/// An edge from layer to layer: its nodes, and between them a vertex in each layer that it passes.
fn chain((from, to): (usize, usize), vertices: &mut Vec<Vertex>) -> Vec<usize> {
    let mut chain = vec![from];
    for layer in vertices[from].layer + 1..vertices[to].layer {
        chain.push(vertices.len());
        vertices.push(Vertex::new(layer, LINE_HEIGHT));
    }
    chain.push(to);
    for pair in chain.windows(2) {
        let (left, right) = (pair[0], pair[1]);
        if vertices[left].layer < vertices[right].layer {
            vertices[left].right.push(right);
            vertices[right].left.push(left);
        }
    }
    chain
}

/// The columns, from left to right and from right to left by turns.
fn in_turn(
    columns: &mut [Vec<usize>],
    sweep: usize,
) -> Box<dyn Iterator<Item = &mut Vec<usize>> + '_> {
    if sweep.is_multiple_of(2) {
        Box::new(columns.iter_mut())
    } else {
        Box::new(columns.iter_mut().rev())
    }
}

fn mean<'v>(vertices: &[Vertex], of: impl Iterator<Item = &'v usize>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0.0);
    for index in of {
        sum += vertices[*index].y;
        count += 1.0;
    }
    (count > 0.0).then(|| sum / count)
}

/// Orders a column by the middle of its neighbours on the side that was ordered before.
fn order(column: &mut [usize], vertices: &[Vertex], sweep: usize) {
    column.sort_by(|one, two| {
        let [one, two] = [one, two].map(|index| {
            let vertex = &vertices[*index];
            let side = if sweep.is_multiple_of(2) {
                &vertex.left
            } else {
                &vertex.right
            };
            mean(vertices, side.iter()).unwrap_or(vertex.y)
        });
        one.total_cmp(&two)
    });
}

/// Gives each vertex of a column the height that it wants, or the next free one; on the whole none is favoured.
fn stack(column: &[usize], vertices: &mut [Vertex], wanted: impl Fn(&Vertex, &[Vertex]) -> f64) {
    let wanted: Vec<f64> = column
        .iter()
        .map(|index| wanted(&vertices[*index], vertices))
        .collect();
    let mut free = f64::NEG_INFINITY;
    let mut moved = 0.0;
    for (index, wanted) in column.iter().zip(&wanted) {
        let vertex = &mut vertices[*index];
        let half = f64::from(vertex.height) / 2.0;
        vertex.y = wanted.max(free + half);
        free = vertex.y + half + f64::from(GAP.1);
        moved += vertex.y - wanted;
    }
    let back = moved / wanted.len() as f64;
    for index in column {
        vertices[*index].y -= back;
    }
}

/// Whole pixels. `count` is that of nodes and of columns.
fn drawn(
    vertices: &[Vertex],
    (count, columns): (usize, usize),
    chains: &[Vec<usize>],
    top: i32,
) -> Layout {
    let tops = vertices
        .iter()
        .map(|vertex| vertex.y - f64::from(vertex.height) / 2.0);
    let highest = tops.fold(f64::INFINITY, f64::min);
    let middle = |index: usize| (vertices[index].y - highest).round() as i32 + top;
    let left = |index: usize| MARGIN + vertices[index].layer as i32 * (NODE_WIDTH + GAP.0);
    let paths = chains.iter().map(|chain| {
        let mut path = String::new();
        for pair in chain.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            let (x, y) = (left(from) + NODE_WIDTH, middle(from));
            let (end_x, end_y) = (left(to), middle(to));
            let bend = GAP.0 / 2;
            // The first point starts the line; later ones continue it straight through a layer.
            let start = if path.is_empty() { 'M' } else { 'L' };
            path += &format!(
                "{start}{x} {y}C{} {y} {} {end_y} {end_x} {end_y}",
                x + bend,
                end_x - bend
            );
        }
        path + "m-8-5l8 5l-8 5"
    });
    let bottom = (0..vertices.len()).map(|index| middle(index) + vertices[index].height / 2);
    Layout {
        places: (0..count)
            .map(|index| (left(index), middle(index) - NODE_HEIGHT / 2))
            .collect(),
        paths: paths.collect(),
        width: 2 * MARGIN + columns as i32 * (NODE_WIDTH + GAP.0) - GAP.0,
        height: bottom.max().unwrap_or(top),
    }
}
