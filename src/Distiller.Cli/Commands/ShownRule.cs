using Distiller.Opsdesk;

namespace Distiller.Cli.Commands;

/// <summary>A rule of <c>opsdesk show</c>.</summary>
/// <param name="Stratum">What the newest drift up to the day shown, or the first, does to it.</param>
/// <param name="Entry">The handbook's line.</param>
/// <param name="Phrasings">How tickets tell the situation.</param>
internal sealed record ShownRule(
    string Id,
    string Family,
    Stratum Stratum,
    string Entry,
    IReadOnlyList<string> Phrasings
);
