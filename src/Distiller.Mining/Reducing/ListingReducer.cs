using System.Text.RegularExpressions;

namespace Distiller.Mining.Reducing;

/// <summary>Listings: ls (type, size and name of a long line), find, tree, globs, and search results by file.</summary>
internal static class ListingReducer
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private static readonly Regex Command = new(
        @"(?:^|[;&|]\s*)(?:sudo\s+)?(?:ls|find|fd|tree|grep|egrep|rg|ag|locate)\b|\bgit (?:grep|ls-files|ls-tree)\b",
        Linear
    );

    private static readonly Regex Tool = new(
        "^(?:ls|list_?(?:dir|files|directory)|glob|grep|search_?(?:files|dir|code)|find_?files?|tree)$",
        Linear | RegexOptions.IgnoreCase
    );

    private static readonly Regex LongLine = new(
        @"^(?<type>[-dlbcps])[rwxsStT-]{9}[@+.]?\s+\d+\s+\S+\s+\S+\s+(?<size>\d+)\s+\S+\s+\S+\s+\S+\s+(?<name>.+)$",
        Linear
    );

    private static readonly Regex Match = new(@"^(?<file>[^\s:]+?)[:-]\d+[:-]", Linear);
    private static readonly Regex PathLine = new(@"^[\w./@+~\\:-]*[/\\][\w./@+~\\-]+$", Linear);

    public static string? Reduce(ToolOutput output, ReductionOptions options)
    {
        var lines = output.Lines;
        if (lines.Count(l => LongLine.IsMatch(l)) * 10 >= lines.Length * 8)
        {
            return LeftOut.Listing(ShortLines(lines), options.ListingLinesMax, options);
        }

        if (lines.Length >= 5 && lines.Count(l => Match.IsMatch(l)) * 10 >= lines.Length * 7)
        {
            return LeftOut.Listing(MatchesByFile(lines, options), options.ListingLinesMax, options);
        }

        var isListing =
            Command.IsMatch(output.Command)
            || Tool.IsMatch(output.Tool)
            || (lines.Length >= 10 && lines.Count(l => PathLine.IsMatch(l)) * 10 >= lines.Length * 9);
        return isListing ? LeftOut.Listing(Shortened(lines, options), options.ListingLinesMax, options) : null;
    }

    private static List<string> ShortLines(string[] lines)
    {
        var names = new List<string>(lines.Length);
        foreach (var line in lines)
        {
            var match = LongLine.Match(line);
            var name = match.Groups["name"].Value;
            if (!match.Success)
            {
                names.Add(line);
            }
            else if (name is not ("." or ".."))
            {
                names.Add(match.Groups["type"].Value == "d" ? $"{name}/" : $"{name} {match.Groups["size"].Value}");
            }
        }

        return names;
    }

    private static string[] MatchesByFile(string[] lines, ReductionOptions options)
    {
        var keep = new bool[lines.Length];
        var file = "";
        var shown = 0;
        for (var i = 0; i < lines.Length; i++)
        {
            var match = Match.Match(lines[i]);
            if (match.Success && match.Groups["file"].Value != file)
            {
                file = match.Groups["file"].Value;
                shown = 0;
            }

            keep[i] = ++shown <= options.MatchesPerFileMax || !match.Success || ErrorLine.Is(lines[i]);
        }

        return Shortened(LeftOut.Join(lines, keep).Split('\n'), options);
    }

    private static string[] Shortened(string[] lines, ReductionOptions options) =>
        Array.ConvertAll(lines, l => LeftOut.Characters(l, Math.Max(100, options.LineCharsMax / 3)));
}
