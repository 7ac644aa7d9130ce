using System.Text.RegularExpressions;

namespace Distiller.Mining.Reducing;

/// <summary>
/// git: status without its hints, log as one line a commit, diff stat without its graph, diff without context lines.
/// </summary>
internal static class GitReducer
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private static readonly Regex Status = new(
        "^(?:On branch |HEAD detached |Changes not staged for commit:|Changes to be committed:|Untracked files:)",
        Linear
    );

    private static readonly Regex Hint = new(@"^\s+\(use ""git |^\s*$", Linear);
    private static readonly Regex Stat = new(@"^ (?<file>\S.*?)\s+\|\s+(?<n>\d+|Bin .*?)\s*[+-]*$", Linear);
    private static readonly Regex Commit = new("^commit (?<id>[0-9a-f]{7,64})", Linear);
    private static readonly Regex CommitHead = new("^(?:Author|Date|Merge|Commit|AuthorDate|CommitDate): ", Linear);
    private static readonly Regex OneLine = new("^(?:[*|\\\\/ ]+)?[0-9a-f]{7,40} \\S", Linear);
    private static readonly Regex DiffNoise = new(
        "^(?:index [0-9a-f]+\\.\\.|similarity index \\d|old mode \\d|new mode \\d)",
        Linear
    );

    public static string? Reduce(ToolOutput output, ReductionOptions options)
    {
        var lines = output.Lines;
        if (Array.Exists(lines, l => l.StartsWith("diff --git ", StringComparison.Ordinal)))
        {
            return WithoutContext(lines);
        }

        if (Array.Exists(lines, l => Status.IsMatch(l)))
        {
            var kept = Array.FindAll(lines, l => !Hint.IsMatch(l));
            return LeftOut.Listing(kept, options.ListingLinesMax, options);
        }

        if (lines.Count(l => Stat.IsMatch(l)) >= 2)
        {
            var kept = Array.ConvertAll(lines, l => Stat.Replace(l, " ${file} | ${n}"));
            return LeftOut.Listing(kept, options.ListingLinesMax, options);
        }

        if (Commit.IsMatch(lines[0]))
        {
            return LogByLine(lines) is { } log ? LeftOut.Listing(log, options.ListingLinesMax, options) : null;
        }

        return lines.Length > 5 && lines.Count(l => OneLine.IsMatch(l)) * 10 >= lines.Length * 9
            ? LeftOut.Listing(lines, options.ListingLinesMax, options)
            : null;
    }

    /// <summary>Only what changed; the head of each hunk says where, so no marker is needed.</summary>
    private static string WithoutContext(string[] lines)
    {
        var kept = new List<string>(lines.Length);
        var inHunk = false;
        foreach (var line in lines)
        {
            var isHead = line.StartsWith("@@", StringComparison.Ordinal);
            inHunk = isHead || (inHunk && (line.Length == 0 || line[0] is ' ' or '+' or '-' or '\\'));
            var isContext = inHunk && !isHead && (line.Length == 0 || line[0] == ' ');
            if (!isContext && (inHunk || !DiffNoise.IsMatch(line)))
            {
                kept.Add(line);
            }
        }

        return string.Join('\n', kept);
    }

    /// <summary>Null where the log carries more than messages (patches, statistics).</summary>
    private static List<string>? LogByLine(string[] lines)
    {
        var log = new List<string>();
        string? id = null;
        foreach (var line in lines)
        {
            if (Commit.Match(line) is { Success: true } commit)
            {
                id = commit.Groups["id"].Value;
            }
            else if (line.StartsWith("    ", StringComparison.Ordinal) && id is not null)
            {
                log.Add($"{id[..Math.Min(10, id.Length)]} {line.Trim()}");
                id = null;
            }
            else if (ErrorLine.Is(line))
            {
                log.Add(line);
            }
            else if (line.Length > 0 && line[0] != ' ' && !CommitHead.IsMatch(line))
            {
                return null;
            }
        }

        return log;
    }
}
