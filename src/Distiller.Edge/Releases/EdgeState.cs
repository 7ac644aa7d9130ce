using System.Text.Json.Serialization;
using Distiller.Registry;
using Distiller.Registry.Signing;

namespace Distiller.Edge.Releases;

/// <summary>What an edge remembers, as <c>edge.json</c> of its home holds it.</summary>
/// <param name="Adapters">By name. Each comes from one registry and is trusted by one key.</param>
public sealed record EdgeState(string Schema, IReadOnlyDictionary<string, AdapterState> Adapters)
{
    public const string CurrentSchema = "distiller.edge/1";
    public const string FileName = "edge.json";

    public static EdgeState Empty { get; } = new(CurrentSchema, new Dictionary<string, AdapterState>());

    public EdgeState With(string name, AdapterState state) =>
        this with
        {
            Adapters = Adapters
                .Where(a => a.Key != name)
                .Append(new KeyValuePair<string, AdapterState>(name, state))
                .OrderBy(a => a.Key, StringComparer.Ordinal)
                .ToDictionary(StringComparer.Ordinal),
        };
}

/// <summary>One adapter that an edge follows.</summary>
public sealed record AdapterState
{
    /// <summary>Where it was pulled from last.</summary>
    public required string Registry { get; init; }

    /// <summary>The releases that were in use, the oldest first and the present one last; a rollback takes the last away.</summary>
    public required IReadOnlyList<string> Used { get; init; }

    /// <summary>The key that is trusted now, base64; null: only what was told to be taken unsigned.</summary>
    public string? Key { get; init; }

    /// <summary>Keys that the present one replaced.</summary>
    public IReadOnlyList<RetiredKey> RetiredKeys { get; init; } = [];

    /// <summary>The highest <see cref="Release.Sequence"/> ever taken: an older one is refused, whatever a clock says.</summary>
    public int SequenceMax { get; init; }

    public IReadOnlyList<Withdrawal> Withdrawn { get; init; } = [];

    /// <summary>The release in use; null: none.</summary>
    [JsonIgnore]
    public string? Current => Used.Count > 0 ? Used[^1] : null;

    /// <summary>
    /// Whether a key is trusted for a release, following the key that is trusted now to its successors first.
    /// </summary>
    /// <param name="key">Base64.</param>
    public bool Trusts(string key, int sequence) =>
        key == Key || RetiredKeys.Any(r => r.Key == key && sequence <= r.LastSequence);

    /// <summary>The same with every genuine replacement of the trusted key taken over.</summary>
    public AdapterState Follow(RegistryKeys? keys)
    {
        var state = this;
        foreach (var _ in keys?.Rotations ?? [])
        {
            if (keys!.Rotations.FirstOrDefault(r => r.From == state.Key && r.IsGenuine()) is not { } rotation)
            {
                break;
            }

            state = state with
            {
                Key = rotation.To,
                RetiredKeys = [.. state.RetiredKeys, new RetiredKey(rotation.From, rotation.LastSequence)],
            };
        }

        return state;
    }
}

/// <summary>A key that was replaced: it vouches for releases up to a sequence.</summary>
public sealed record RetiredKey(string Key, int LastSequence);
