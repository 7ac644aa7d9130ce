namespace Distiller.Tests.Dashboard;

/// <summary>Text as an attacker would put it into a log.</summary>
internal static class Hostile
{
    public const string Script = "<script>document.title='owned'</script>";
    public const string Image = "<img src=x onerror=\"document.title='owned'\">";

    /// <summary>Clears a terminal, sets its title, colours what follows.</summary>
    public const string Escapes = "\u001b[2J\u001b]0;owned\u0007\u001b[31mred\u001b[0m";

    /// <summary>Would show what follows from right to left.</summary>
    public const string Bidi = "user\u202Egnp.exe\u2066 \u200Fmark";

    public const string All = $"{Script} {Image} {Escapes} {Bidi}";
}
