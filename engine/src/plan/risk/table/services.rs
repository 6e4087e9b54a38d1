//! Programs that work on what others run: containers, clusters, clouds, databases.

use super::{
    Globals, Row,
    When::{Operand, Option, Text, Value, ValueOtherThan, Without},
    globals_of, row,
};
use crate::plan::Risk::{Critical, High, Low, Medium};

const LOOKS: &str = "only looks";
const BUILDS: &str = "makes or starts something in containers";
const STOPS: &str = "stops containers that others may use";
const PRUNES: &str = "deletes containers, images or networks";
const DATA: &str = "deletes the data of containers";
const CLUSTER: &str = "changes a cluster that others use";
const DELETES_CLUSTER: &str = "deletes from a cluster that others use";
const APPLIES: &str = "changes infrastructure that others use";
const DESTROYS: &str = "destroys infrastructure";
const CLOUD: &str = "changes a cloud account";
const DELETES_CLOUD: &str = "deletes from a cloud account";
const SECRETS: &str = "changes secrets that others use";
const DATABASE: &str = "deletes a database";
const SENDS: &str = "sends data to a server";
const WRITES: &str = "writes a file";

#[rustfmt::skip]
pub(super) const GLOBALS: &[Globals] = &[
    globals_of(
        "aws",
        &["--endpoint-url", "--output", "--profile", "--query", "--region", "--color", "--ca-bundle"],
        &["--no-cli-pager", "--no-paginate", "--no-verify-ssl", "--debug"],
    ),
    globals_of("az", &["--output", "-o", "--query", "--subscription"], &["--only-show-errors", "--debug"]),
    globals_of(
        "curl",
        &[
            "-X", "--request", "-d", "--data", "--data-raw", "--data-binary", "--data-urlencode", "-H", "--header",
            "-o", "--output", "-u", "--user", "-F", "--form", "-T", "--upload-file", "-A", "--user-agent", "-b",
            "--cookie", "-c", "--cookie-jar", "-m", "--max-time", "--connect-timeout", "--retry", "--retry-delay",
            "--cacert", "--cert", "--key", "-w", "--write-out", "-x", "--proxy", "-K", "--config", "-e", "--referer",
        ],
        &[],
    ),
    globals_of(
        "docker",
        &["-H", "--host", "--context", "--log-level", "-l", "--config", "-f", "--file", "-p", "--project-name", "--env-file"],
        &["-D", "--debug", "--tls", "--tlsverify"],
    ),
    globals_of(
        "docker-compose",
        &["-f", "--file", "-p", "--project-name", "--profile", "--project-directory", "--env-file"],
        &[],
    ),
    globals_of("gcloud", &["--project", "--account", "--format", "--configuration", "--zone", "--region"], &["-q", "--quiet"]),
    globals_of("helm", &["-n", "--namespace", "--kube-context", "--kubeconfig"], &["--debug"]),
    globals_of(
        "kubectl",
        &["-n", "--namespace", "--context", "--cluster", "--kubeconfig", "-s", "--server", "--user", "--as"],
        &[],
    ),
    globals_of("redis-cli", &["-h", "-p", "-s", "-a", "-n", "-u", "--user", "--pass"], &["--raw", "--no-raw", "--tls"]),
    globals_of("terraform", &["-chdir"], &[]),
    globals_of("vault", &["-address", "-namespace", "-format", "-field"], &[]),
];

// One row on one line where it fits: a table is read downwards.
#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row("ansible", "", &[], High, APPLIES),
    row("ansible-playbook", "", &[], High, APPLIES),
    row("aws", "* delete-*|deregister-*|destroy-*|purge-*|terminate-*|schedule-key-deletion",
        &[], High, DELETES_CLOUD),
    row("aws", "* batch-get-*|describe-*|get-*|head-*|list-*|lookup-*|scan|query|wait|filter-log-events|\
        tail", &[], Low, LOOKS),
    row("aws", "* create-*|modify-*|put-*|reboot-*|run-*|start-*|stop-*|update-*|attach-*|detach-*|\
        revoke-*|authorize-*", &[], High, CLOUD),
    row("aws", "s3 cp|mb|mv|presign|sync|website", &[], Medium, CLOUD),
    row("aws", "s3 ls", &[], Low, LOOKS),
    row("aws", "s3 rb|rm", &[], High, DELETES_CLOUD),
    row("aws", "s3 rb", &[Option(&["--force"])], Critical, DELETES_CLOUD),
    row("aws", "s3 rm", &[Option(&["--recursive"])], Critical, DELETES_CLOUD),
    row("aws", "s3 sync", &[Option(&["--delete"])], High, DELETES_CLOUD),
    row("az", "* * delete|purge", &[], High, DELETES_CLOUD),
    row("az", "* * list|show", &[], Low, LOOKS),
    row("az", "* delete|purge", &[], High, DELETES_CLOUD),
    row("az", "* list|show", &[], Low, LOOKS),
    row("az", "group delete", &[], Critical, DELETES_CLOUD),
    row("createdb", "", &[], Medium, "makes a database"),
    row("curl", "",
        &[Option(&["-d", "--data", "--data-ascii", "--data-binary", "--data-raw", "--data-urlencode", "-F",
            "--form", "--json", "-T", "--upload-file", "-K", "--config", "-Q", "--quote", "--url-query"])],
            Medium, SENDS),
    row("curl", "", &[ValueOtherThan(&["-o", "--output"], &["-", "/dev/null"])], Medium, WRITES),
    row("curl", "",
        &[Option(&["-O", "--remote-name", "--remote-name-all", "-c", "--cookie-jar", "-D", "--dump-header",
            "--trace", "--trace-ascii", "--output-dir"])], Medium, WRITES),
    row("curl", "", &[ValueOtherThan(&["-X", "--request"], &["GET", "HEAD", "OPTIONS"])], Medium, SENDS),
    row("curl", "", &[Value(&["-X", "--request"], &["DELETE"])], High, "asks a server to delete"),
    row("docker", "builder|buildx|container|image|network|system prune", &[], High, PRUNES),
    row("docker", "buildx|build|builder|commit|cp|create|exec|import|load|login|logout|pull|rename|run|\
        save|start|tag|unpause|update", &[], Medium, BUILDS),
    row("docker", "compose build|create|exec|pull|run|start|unpause", &[], Medium, BUILDS),
    row("docker", "compose config|events|images|logs|ls|port|ps|top|version", &[], Low, LOOKS),
    row("docker", "compose down|kill|pause|restart|rm|stop|up", &[], High, STOPS),
    row("docker", "compose down", &[Option(&["-v", "--volumes"])], Critical, DATA),
    row("docker", "container|context|image|manifest|network|node|plugin|service|stack|system|volume df|\
        events|history|info|inspect|logs|ls|list|port|ps|stats|top", &[], Low, LOOKS),
    row("docker", "container|image|network|context|plugin kill|remove|restart|rm|stop", &[], High, STOPS),
    row("docker", "diff|events|history|images|info|inspect|logs|port|ps|search|stats|top|version",
        &[], Low, LOOKS),
    row("docker", "kill|pause|restart|rm|rmi|stop", &[], High, STOPS),
    row("docker", "push", &[], High, "sends an image to where others use it"),
    row("docker", "run|create",
        &[Option(&["--privileged", "--pid", "--device", "--cap-add"])], High,
            "gives a container power over the machine"),
    row("docker", "run|create",
        &[Text(&["docker.sock", "/:/", "src=/,", "source=/,"])], High,
            "gives a container power over the machine"),
    row("docker", "service|stack|swarm|node|secret|config create|deploy|init|join*|leave|promote|demote|\
        rm|rollback|scale|update", &[], High, CLUSTER),
    row("docker", "system prune", &[Option(&["--volumes"])], Critical, DATA),
    row("docker", "volume create", &[], Medium, BUILDS),
    row("docker", "volume prune|remove|rm", &[], Critical, DATA),
    row("docker-compose", "build|create|exec|pull|run|start|unpause", &[], Medium, BUILDS),
    row("docker-compose", "config|events|images|logs|port|ps|top|version", &[], Low, LOOKS),
    row("docker-compose", "down", &[Option(&["-v", "--volumes"])], Critical, DATA),
    row("docker-compose", "down|kill|pause|restart|rm|stop|up", &[], High, STOPS),
    row("dropdb", "", &[], Critical, DATABASE),
    row("dropuser", "", &[], High, "deletes an account of a database"),
    row("flyctl", "deploy|scale|secrets", &[], High, APPLIES),
    row("flyctl", "destroy", &[], Critical, DESTROYS),
    row("gcloud", "* * delete", &[], High, DELETES_CLOUD),
    row("gcloud", "* * describe|list|read", &[], Low, LOOKS),
    row("gcloud", "* * * delete", &[], High, DELETES_CLOUD),
    row("gcloud", "* * create|deploy|reset|resize|start|stop|update", &[], High, CLOUD),
    row("gcloud", "* delete", &[], High, DELETES_CLOUD),
    row("gcloud", "* deploy", &[], High, CLOUD),
    row("gcloud", "* describe|list|read", &[], Low, LOOKS),
    row("gcloud", "projects delete", &[], Critical, DELETES_CLOUD),
    row("helm", "delete|uninstall", &[], High, DELETES_CLUSTER),
    row("helm", "get|history|lint|list|ls|search|show|status|template|verify|version", &[], Low, LOOKS),
    row("helm", "install|rollback|upgrade", &[], High, CLUSTER),
    row("kubectl", "annotate|apply|attach|autoscale|cordon|cp|create|debug|edit|exec|expose|label|patch|\
        replace|run|scale|set|taint|uncordon", &[], High, CLUSTER),
    row("kubectl", "api-resources|api-versions|cluster-info|describe|diff|events|explain|get|logs|top|\
        version|wait", &[], Low, LOOKS),
    row("kubectl", "auth can-i|whoami", &[], Low, LOOKS),
    row("kubectl", "config current-context|get-*|view", &[], Low, LOOKS),
    row("kubectl", "delete|drain|evict", &[], High, DELETES_CLUSTER),
    row("kubectl", "delete", &[Option(&["--all", "-A", "--all-namespaces"])], Critical, DELETES_CLUSTER),
    row("kubectl", "delete",
        &[Operand(&["crd", "customresourcedefinition", "pv", "persistentvolume"])], Critical,
            DELETES_CLUSTER),
    row("kubectl", "delete namespace*|ns|ns/*", &[], Critical, DELETES_CLUSTER),
    row("kubectl", "rollout history|status", &[], Low, LOOKS),
    row("kubectl", "rollout pause|restart|resume|undo", &[], High, CLUSTER),
    row("mc", "ls|stat|cat|head|du|find|diff", &[], Low, LOOKS),
    row("mc", "rb|rm", &[], High, DELETES_CLOUD),
    row("mongodump", "", &[], Medium, WRITES),
    row("mongorestore", "", &[], High, "puts data in place of a database's"),
    row("mysqladmin", "drop", &[], Critical, DATABASE),
    row("mysqladmin", "ping|processlist|status|version|variables|extended-status", &[], Low, LOOKS),
    row("mysqldump", "", &[Option(&["-r", "--result-file", "-T", "--tab"])], Medium, WRITES),
    row("mysqldump", "", &[Without(&["-r", "--result-file", "-T", "--tab"])], Low, LOOKS),
    row("pg_basebackup", "", &[], Medium, WRITES),
    row("pg_ctl", "start|reload|promote", &[], Medium, "changes a database server"),
    row("pg_ctl", "status", &[], Low, LOOKS),
    row("pg_ctl", "stop|restart|kill", &[], High, "stops a database server that others may use"),
    row("pg_dump", "", &[Option(&["-f", "--file"])], Medium, WRITES),
    row("pg_dump", "", &[Without(&["-f", "--file"])], Low, LOOKS),
    row("pg_dumpall", "", &[Option(&["-f", "--file"])], Medium, WRITES),
    row("pg_dumpall", "", &[Without(&["-f", "--file"])], Low, LOOKS),
    row("pg_isready", "", &[], Low, LOOKS),
    row("pg_resetwal", "", &[], Critical, DATABASE),
    row("pg_restore", "", &[], High, "puts data in place of a database's"),
    row("pg_restore", "", &[Option(&["-c", "--clean"])], Critical, DATABASE),
    row("pulumi", "destroy", &[], Critical, DESTROYS),
    row("pulumi", "preview|version|whoami|about", &[], Low, LOOKS),
    row("pulumi", "up|update|import|refresh|cancel", &[], High, APPLIES),
    row("redis-cli", "flushall|FLUSHALL|flushdb|FLUSHDB", &[], Critical, DATABASE),
    row("redis-cli", "get|GET|info|INFO|llen|LLEN|ping|PING|scan|SCAN|ttl|TTL|type|TYPE|dbsize|DBSIZE|\
        exists|EXISTS", &[], Low, LOOKS),
    row("redis-cli", "shutdown|SHUTDOWN|config|CONFIG",
        &[], High, "changes a database server that others may use"),
    row("scancel", "", &[], High, "ends jobs of a cluster"),
    row("sinfo", "", &[], Low, LOOKS),
    row("squeue", "", &[], Low, LOOKS),
    row("terraform", "apply|import|taint|untaint|force-unlock", &[], High, APPLIES),
    row("terraform", "apply", &[Option(&["-destroy", "--destroy"])], Critical, DESTROYS),
    row("terraform", "destroy", &[], Critical, DESTROYS),
    row("terraform", "fmt", &[Option(&["-check", "--check"])], Low, LOOKS),
    row("terraform", "fmt|get|init|workspace",
        &[Without(&["-check", "--check"])], Medium, "changes the project"),
    row("terraform", "graph|metadata|output|plan|providers|show|validate|version", &[], Low, LOOKS),
    row("terraform", "plan", &[Option(&["-out", "--out"])], Medium, WRITES),
    row("terraform", "state list|show|pull", &[], Low, LOOKS),
    row("terraform", "state mv|push|replace-provider|rm", &[], High, APPLIES),
    row("vault", "delete", &[], High, SECRETS),
    row("vault", "kv delete|destroy|metadata|patch|put|undelete", &[], High, SECRETS),
    row("vault", "kv get|list", &[], Low, LOOKS),
    row("vault", "list|read|status|version", &[], Low, LOOKS),
    row("vault", "write", &[], High, SECRETS),
    row("wget", "", &[], Medium, WRITES),
];
