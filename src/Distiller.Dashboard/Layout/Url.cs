using System.Text;

namespace Distiller.Dashboard.Layout;

/// <summary>Addresses within the dashboard. Everything put into one is escaped.</summary>
internal static class Url
{
    /// <param name="query">Names with values; those without a value are left out.</param>
    public static string Of(string path, params ReadOnlySpan<(string Name, string? Value)> query)
    {
        var url = new StringBuilder(path);
        var mark = '?';
        foreach (var (name, value) in query)
        {
            if (!string.IsNullOrEmpty(value))
            {
                url.Append(mark).Append(name).Append('=').Append(Uri.EscapeDataString(value));
                mark = '&';
            }
        }

        return url.ToString();
    }

    /// <summary>A page of a tenant.</summary>
    public static string At(string path, string? tenant) => Of(path, ("tenant", tenant));

    public static string Job(string run) => $"/jobs/{Uri.EscapeDataString(run)}";

    public static string Pattern(string id, string? tenant) => At($"/patterns/{Uri.EscapeDataString(id)}", tenant);

    public static string Episode(string id, string? tenant) => At($"/episodes/{Uri.EscapeDataString(id)}", tenant);

    public static string Release(string id, string? tenant) => At($"/releases/{Uri.EscapeDataString(id)}", tenant);

    public static string Artifact(string kind, string key, string? tenant) =>
        At($"/artifacts/{Uri.EscapeDataString(kind)}/{Uri.EscapeDataString(key)}", tenant);
}
