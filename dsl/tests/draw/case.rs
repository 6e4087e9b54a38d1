//! Graphs to draw.

use dsl::draw::{Drawing, Link, Node, NodeKind};
use engine::plan::{EdgeKind, Risk, Why};

/// Makes a node that runs a program.
pub(super) fn node(name: &str, action: &str) -> Node {
    let kind = match action.split(' ').next() {
        Some("script") => NodeKind::Script,
        Some("do") => NodeKind::Do,
        Some("http") => NodeKind::Http,
        Some("agent") => NodeKind::Agent,
        Some("call") => NodeKind::Call,
        Some("approve") => NodeKind::Approve,
        Some("wait") => NodeKind::Wait,
        _ => NodeKind::Run,
    };
    Node {
        name: name.to_owned(),
        action: action.to_owned(),
        kind,
        target: None,
        risk: Risk::Low,
        fan_out: false,
        condition: None,
        undo: false,
    }
}

/// Makes a link, read from `a needs b`'s point of view: `to` waits for `from`.
pub(super) fn link(from: usize, to: usize, kind: EdgeKind, why: &[Why]) -> Link {
    Link { from, to, kind, why: why.to_vec(), cyclic: false }
}

pub(super) fn needs(from: usize, to: usize) -> Link {
    link(from, to, EdgeKind::Needs, &[Why::Explicit])
}

pub(super) fn after(from: usize, to: usize) -> Link {
    link(from, to, EdgeKind::After, &[Why::Explicit])
}

pub(super) fn reads(from: usize, to: usize, output: &str) -> Link {
    link(from, to, EdgeKind::Needs, &[Why::Output(output.into())])
}

fn drawing(name: &str, nodes: Vec<Node>, links: Vec<Link>) -> Drawing {
    Drawing { name: name.to_owned(), nodes, links }
}

pub(super) fn hello() -> Drawing {
    drawing("hello", vec![node("greet", "run echo")], Vec::new())
}

pub(super) fn diamond() -> Drawing {
    let nodes = vec![
        node("fetch", "http GET"),
        node("lint", "run cargo clippy"),
        node("test", "run cargo test"),
        node("report", "script PY"),
    ];
    let links = vec![needs(0, 1), needs(0, 2), reads(1, 3, "warnings"), reads(2, 3, "failures")];
    drawing("diamond", nodes, links)
}

pub(super) fn chain() -> Drawing {
    let names = ["checkout", "restore", "compile", "link", "sign", "upload", "index", "tell"];
    let nodes = names.iter().map(|name| node(name, &format!("run {name}"))).collect();
    drawing("chain", nodes, (1..8).map(|to| needs(to - 1, to)).collect())
}

pub(super) fn ship() -> Drawing {
    let mut nodes = vec![
        node("test", "run cargo test"),
        node("lint", "do lint"),
        node("image", "script sh"),
        node("scan", "agent gemini-flash"),
        node("go_live", "approve"),
        node("deploy", "script sh"),
        node("smoke", "http GET"),
        node("announce", "call notify.slack"),
    ];
    for at in [0, 1] {
        nodes[at].target = Some("builder".to_owned());
    }
    nodes[2].risk = Risk::Medium;
    nodes[4].condition = Some("param.env == \"prod\"".to_owned());
    nodes[5].target = Some("app".to_owned());
    nodes[5].risk = Risk::High;
    nodes[5].fan_out = true;
    nodes[5].undo = true;
    let links = vec![
        needs(0, 2),
        needs(1, 2),
        link(2, 3, EdgeKind::Needs, &[Why::Artifact("sbom".into())]),
        link(2, 4, EdgeKind::Needs, &[Why::Explicit, Why::Output("digest".into())]),
        reads(3, 4, "verdict"),
        needs(4, 5),
        reads(2, 5, "digest"),
        needs(5, 6),
        link(6, 7, EdgeKind::After, &[Why::Explicit, Why::Status]),
    ];
    drawing("ship", nodes, links)
}

pub(super) fn cyclic() -> Drawing {
    let mut nodes = vec![
        node("plan", "agent gemini-pro"),
        node("build", "run make"),
        node("check", "run make check"),
        node("settle", "wait 90s"),
        node("publish", "script bash"),
        node("again", "run true"),
    ];
    nodes[4].risk = Risk::Critical;
    nodes[4].undo = true;
    let mut links = vec![
        needs(0, 1),
        reads(1, 2, "binary"),
        reads(2, 0, "verdict"),
        needs(2, 3),
        after(3, 4),
        reads(1, 4, "binary"),
        link(5, 5, EdgeKind::Needs, &[Why::Output("count".into())]),
        needs(3, 99),
    ];
    for link in &mut links[..3] {
        link.cyclic = true;
    }
    drawing("cyclic", nodes, links)
}

pub(super) fn wide() -> Drawing {
    let mut nodes = vec![node("split", "script sh")];
    let mut links = Vec::new();
    for number in 1..=30 {
        let mut work = node(&format!("work_{number:02}"), "run featurize");
        work.target = Some("worker".to_owned());
        if number == 7 {
            work.risk = Risk::High;
        }
        nodes.push(work);
        links.push(reads(0, number, "shards"));
        links.push(reads(number, 31, "rows"));
    }
    nodes.push(node("merge", "script PY"));
    drawing("wide", nodes, links)
}

/// A fan of which each step is read for something else, so that none is like another.
pub(super) fn uneven() -> Drawing {
    let mut drawing = wide();
    for link in drawing.links.iter_mut().filter(|link| link.to == 31) {
        link.why = vec![Why::Output(format!("rows_{}", link.from).as_str().into())];
    }
    drawing.name = "uneven".to_owned();
    drawing
}

pub(super) fn hostile() -> Drawing {
    let mut nodes = vec![
        node("<b>&\"bold\"</b>", "run echo `date` $(id) #35; %%"),
        node("schöne_größe", "script sh"),
        node("検査", "run テスト"),
        node("a\nb\u{1b}[31m\u{202e}c", "http GET \\ { } | <x>"),
        node("]] --> n0; end", "call <script>alert('1')</script>"),
        node("", ""),
    ];
    nodes[0].condition = Some("param.a < 3 && \"<![CDATA[\" != \"]]>\" && param.b > 100000000".to_owned());
    nodes[3].target = Some("it's \"here\" & <there>".to_owned());
    let links = vec![
        reads(0, 1, "<i>&amp;\"'"),
        link(1, 2, EdgeKind::After, &[Why::Status]),
        reads(0, 3, "|pipe|"),
        link(2, 4, EdgeKind::Needs, &[Why::Artifact("größe".into())]),
        needs(3, 4),
        needs(4, 5),
    ];
    drawing("<hostile> & \"quoted\" --- #1", nodes, links)
}

/// Every case of this file, with the name of its snapshots.
pub(super) fn all() -> Vec<(&'static str, Drawing)> {
    vec![
        ("hello", hello()),
        ("diamond", diamond()),
        ("chain", chain()),
        ("ship", ship()),
        ("cyclic", cyclic()),
        ("wide", wide()),
        ("uneven", uneven()),
        ("hostile", hostile()),
    ]
}
