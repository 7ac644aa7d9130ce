using System.Text;
using Distiller.Edge.Releases;

namespace Distiller.Edge.Serving;

/// <summary>
/// How models are asked for: <c>base</c> alone, <c>base:adapter@version</c> where the version is a release's id or the
/// beginning of it, and <c>base:adapter@stable</c> for the release in use, which is also meant where no version is given.
/// </summary>
/// <param name="Base">For example <c>smollm2-135m-instruct</c>.</param>
/// <param name="Adapter">Null: the base alone.</param>
/// <param name="Version">Null: the release in use.</param>
internal readonly record struct ModelName(string Base, string? Adapter, string? Version)
{
    public const string Stable = "stable";

    public override string ToString() => Adapter is null ? Base : $"{Base}:{Adapter}@{Version ?? Stable}";

    /// <summary>Null: it is no model's name.</summary>
    public static ModelName? Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return text.Length > 0 ? new ModelName(text, null, null) : null;
        }

        var at = text.IndexOf('@', colon);
        var adapter = at < 0 ? text[(colon + 1)..] : text[(colon + 1)..at];
        var version = at < 0 ? Stable : text[(at + 1)..];
        return colon > 0 && EdgeStore.IsName(adapter) && version.Length > 0
            ? new ModelName(text[..colon], adapter, version == Stable ? null : version)
            : null;
    }

    /// <summary>A model's own name in lower-case letters, digits, hyphens and dots.</summary>
    public static string Slug(string name)
    {
        var slug = new StringBuilder();
        foreach (var c in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '.' or '_')
            {
                slug.Append(c);
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        var trimmed = slug.ToString().Trim('-', '.');
        return trimmed.Length > 0 ? trimmed : "base";
    }
}

/// <summary>A model that can be asked for.</summary>
/// <param name="Id">For example <c>tiny:nightly@stable</c>.</param>
/// <param name="Release">Null: the base alone.</param>
/// <param name="Created">Of the release, or of the base's file.</param>
public sealed record ServedModel(string Id, string? Release, DateTimeOffset Created);
