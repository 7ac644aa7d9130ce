using System.Text.RegularExpressions;

namespace Distiller.Mining.Reducing;

/// <summary>Package installs (apt, pip, npm, yarn, pnpm, cargo, dotnet restore): what was fetched and unpacked is left out.</summary>
internal static class InstallReducer
{
    private static readonly Regex Noise = new(
        // apt
        @"^(?:Get|Hit|Ign):\d+ |^Reading (?:package lists|state information)|^Building dependency tree|^Fetched \d|^\(Reading database|^Selecting previously unselected"
            + @"|^Preparing to unpack |^Unpacking |^Setting up |^Processing triggers for |^(?:The following|After this operation|Need to get )|^update-alternatives: |^debconf: "
            // pip
            + @"|^\s*(?:Collecting |Downloading |Using cached |Requirement already satisfied: |Building wheels? |Created wheel |Stored in directory: |Preparing metadata|Installing build dependencies|Getting requirements|Obtaining |Attempting uninstall: |Found existing installation: |Uninstalling |Looking in )"
            + @"|^\s*(?:Successfully uninstalled |Installing collected packages: )|^\s*[━╸╺ -]+ [\d.]+/[\d.]+ [kMG]B"
            // npm, yarn, pnpm
            + @"|^npm (?:warn|WARN) deprecated |^npm (?:http|timing|notice)\b|^Progress: resolved |^\[\d/\d\] |^\+{3,}$|^\s*reify:"
            // cargo
            + @"|^\s*(?:Compiling|Downloaded|Checking|Adding|Locking|Updating|Fresh|Unpacking) \S+"
            // dotnet
            + @"|^\s*(?:Restored |Determining projects to restore)|^\s*(?:GET|OK|CACHE) https?://",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant
    );

    private const int NoiseLinesMin = 3;

    public static string? Reduce(ToolOutput output)
    {
        var lines = output.Lines;
        var keep = Array.ConvertAll(lines, l => !Noise.IsMatch(l));
        var noise = keep.Count(k => !k);
        return noise >= NoiseLinesMin && noise * 3 >= lines.Length ? LeftOut.Join(lines, keep) : null;
    }
}
