using Distiller.Core;
using Distiller.Registry;

namespace Distiller.Edge.Releases;

/// <summary>Whether a release that is undamaged may be used: signed by whom, withdrawn, superseded, good enough.</summary>
internal static class ReleaseStanding
{
    /// <exception cref="BadInputException">It may not; the remedy names what would allow it.</exception>
    public static void Require(string folder, Release release, AdapterState adapter, IReadOnlySet<Allowance> allowed)
    {
        RequireSigner(folder, release, adapter, allowed);
        RequireNotWithdrawn(folder, release, adapter, allowed);
        RequireGate(folder, release, allowed);
    }

    public static void RequireSigner(
        string folder,
        Release release,
        AdapterState adapter,
        IReadOnlySet<Allowance> allowed
    )
    {
        if (release.Signature is not { IsSigned: true, PublicKey: { } key })
        {
            Refuse(
                folder,
                allowed,
                Allowance.Unsigned,
                $"Release {release.Id} is not signed: nobody vouches for what it holds.",
                "Publish it again with this version"
            );
        }
        else if (!adapter.Trusts(key, release.Sequence))
        {
            Refuse(
                folder,
                allowed,
                Allowance.ForeignKey,
                adapter.RetiredKeys.Any(r => r.Key == key)
                    ? $"Release {release.Id} is signed by the key {release.Signature.Key}, which was replaced before it."
                    : $"Release {release.Id} is signed by the key {release.Signature.Key}, which is not trusted here.",
                "Compare the key with whoever publishes, and trust it with --key FILE"
            );
        }
    }

    public static void RequireNotWithdrawn(
        string folder,
        Release release,
        AdapterState adapter,
        IReadOnlySet<Allowance> allowed
    )
    {
        if (adapter.Withdrawn.FirstOrDefault(w => w.Id == release.Id && release.Sequence <= w.Sequence) is { } gone)
        {
            Refuse(
                folder,
                allowed,
                Allowance.Withdrawn,
                $"Release {release.Id} was withdrawn on {gone.At:yyyy-MM-dd}.",
                "Pull another"
            );
        }
    }

    public static void RequireNotOlder(
        string folder,
        Release release,
        AdapterState adapter,
        IReadOnlySet<Allowance> allowed
    )
    {
        if (release.Sequence < adapter.SequenceMax)
        {
            Refuse(
                folder,
                allowed,
                Allowance.Older,
                $"Release {release.Id} is no. {release.Sequence}; no. {adapter.SequenceMax} was taken before it.",
                "Where its channel was rolled back on purpose, say so"
            );
        }
    }

    public static void RequireGate(string folder, Release release, IReadOnlySet<Allowance> allowed)
    {
        if (!ReleaseCopy.IsGateOpen(folder, release))
        {
            Refuse(
                folder,
                allowed,
                Allowance.ClosedGate,
                $"Release {release.Id} did not pass its gate: it was not shown to be good enough.",
                "Pull another"
            );
        }
    }

    private static void Refuse(
        string folder,
        IReadOnlySet<Allowance> allowed,
        Allowance allowance,
        string reason,
        string remedy
    )
    {
        if (!allowed.Contains(allowance))
        {
            var word = System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(allowance.ToString());
            throw new BadInputException(
                new SourceLocation(folder, 0),
                reason,
                $"{remedy}, or take it all the same with --allow {word}."
            );
        }
    }
}
