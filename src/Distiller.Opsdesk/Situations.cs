namespace Distiller.Opsdesk;

/// <summary>What can be the matter, and how people say it. Common to all companies; what is to be done never is.</summary>
internal static class Situations
{
    /// <summary>Per kind its conditions, each with the ways in which tickets tell it.</summary>
    public static readonly IReadOnlyDictionary<RuleKind, IReadOnlyDictionary<string, string[]>> Conditions =
        new Dictionary<RuleKind, IReadOnlyDictionary<string, string[]>>
        {
            [RuleKind.Incident] = new SortedDictionary<string, string[]>(StringComparer.Ordinal)
            {
                ["auth"] = ["cannot sign in", "auth refused", "logins fail", "sessions rejected"],
                ["cert"] = ["cert expired", "tls broken", "handshake fails", "browser warns"],
                ["crash"] = ["process killed", "crash loop", "dies at start", "exits at once"],
                ["disk"] = ["disk full", "no space left", "volume at limit", "writes fail"],
                ["latency"] = ["slow responses", "pages take long", "high latency", "users wait"],
                ["memory"] = ["memory leak", "out of memory", "swap used up", "heap too large"],
                ["packets"] = ["packets lost", "link flaps", "network drops", "timeouts everywhere"],
                ["sync"] = ["stale data", "sync error", "copies differ", "old values shown"],
            },
            [RuleKind.Access] = new SortedDictionary<string, string[]>(StringComparer.Ordinal)
            {
                ["device"] = ["laptop lost", "phone stolen", "device missing", "laptop replaced"],
                ["joiner"] = ["newcomer starts", "colleague joins", "first day today", "intern arrives"],
                ["leaver"] = ["colleague has left", "last day today", "contract ended", "intern leaves"],
                ["locked"] = ["account blocked", "locked out", "cannot get in", "too many tries"],
                ["rights"] = ["permission denied", "wrong rights", "role missing", "folder closed"],
            },
            [RuleKind.Flow] = new SortedDictionary<string, string[]>(StringComparer.Ordinal)
            {
                ["backlog"] = ["jobs pile up", "queue growing", "backlog rising", "work is late"],
                ["double"] = ["sent twice", "duplicates seen", "same job again", "double entries"],
                ["poison"] = ["bad message", "parser chokes", "retries without end", "one job fails"],
                ["stuck"] = ["nothing moves", "consumer hangs", "no job finishes", "work stands still"],
            },
        };

    /// <summary>{n} number, {p} phrase, {s} subject, {h} a host that has no part in the solution, {t} hour.</summary>
    public static readonly IReadOnlyDictionary<RuleKind, string[]> Tickets = new Dictionary<RuleKind, string[]>
    {
        [RuleKind.Incident] =
        [
            "Ticket {n}: {p} on {s}, host {h}.",
            "Ticket {n}: {s} on host {h}: {p}.",
            "Ticket {n}: {p}, seen with {s} on {h}.",
            "Ticket {n}: please look at {s}: {p} since {t}, host {h}.",
            "Ticket {n}: since {t} {p} with {s}, last change on {h}.",
        ],
        [RuleKind.Access] =
        [
            "Ticket {n}: {p} in {s}, machine {h}.",
            "Ticket {n}: {s} asks for help: {p}, machine {h}.",
            "Ticket {n}: {p}, says {s}, calling from {h}.",
            "Ticket {n}: please help {s}: {p} since {t}, machine {h}.",
        ],
        [RuleKind.Flow] =
        [
            "Ticket {n}: {p} with {s}, worker {h}.",
            "Ticket {n}: {s} on worker {h}: {p}.",
            "Ticket {n}: {p} for {s} since {t}, worker {h}.",
            "Ticket {n}: please check {s}: {p}, worker {h}.",
        ],
    };

    public static IReadOnlyList<string> Subjects(RuleKind kind) =>
        kind switch
        {
            RuleKind.Incident => Words.Services,
            RuleKind.Access => Words.Teams,
            _ => Words.Topics,
        };
}
