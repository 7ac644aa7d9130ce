using System.Text;
using Distiller.Lake;
using Distiller.Logs;
using Distiller.Logs.Formats;
using Distiller.Logs.Reading;

namespace Distiller.Tests.Collecting;

/// <summary>
/// Logs of every format, each with some of its bytes, lines or members changed at random from a seed. Nothing crashes, and of
/// each file every line is stored, a duplicate, refused or noise.
/// </summary>
internal sealed class no_mutation_of_a_log_crashes
{
    private static readonly string Golden = Path.Combine(
        Repository.Root,
        "tests",
        "Distiller.Tests",
        "Collecting",
        "golden",
        "logs"
    );

    [Test]
    public void of_5_000_lines() => Run(seed: 1, lines: 5_000);

    [Test]
    [Explicit("Takes a minute.")]
    public void of_100_000_lines() => Run(seed: 2, lines: 100_000);

    private static void Run(int seed, int lines)
    {
        const int filesPerBatch = 128;
        var random = new Random(seed);
        var samples = Directory
            .GetFiles(Golden, "*", SearchOption.AllDirectories)
            .Append(Path.Combine(Repository.Root, "data", "samples", "episodes.jsonl"))
            .Order(StringComparer.Ordinal)
            .Select(p => (Name: Path.GetFileName(p), Bytes: File.ReadAllBytes(p)))
            .ToList();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var (mutated, outcomes) = (0, new long[4]);
        while (mutated < lines)
        {
            var isFirst = mutated == 0;
            using var folder = new TemporaryFolder();
            using var workspace = Workspace.Open(folder["home"]);
            using (var quarantine = workspace.Quarantine.BeginBatch())
            using (var episodes = workspace.Episodes.BeginBatch())
            {
                var collection = new Collection(episodes, quarantine, new CollectOptions(), CancellationToken.None);
                for (var i = 0; i < filesPerBatch; i++)
                {
                    var (name, bytes) = samples[random.Next(samples.Count)];
                    var file = Mutate(
                        bytes,
                        isLines: name.EndsWith(".jsonl", StringComparison.Ordinal),
                        random,
                        ref mutated
                    );
                    var path = folder[$"{i}/{name}"];
                    Directory.CreateDirectory(folder[$"{i}"]);
                    File.WriteAllBytes(path, file);
                    Check(collection, new SourceFile(path, file.Length), file);
                }

                seen.UnionWith(collection.Tallies.Keys);
                foreach (var tally in collection.Tallies.Values)
                {
                    outcomes[0] += tally.Stored;
                    outcomes[1] += tally.Duplicates;
                    outcomes[2] += tally.Quarantined;
                    outcomes[3] += tally.Noise;
                }

                if (isFirst)
                {
                    episodes.Commit();
                    quarantine.Commit();
                }
            }

            if (isFirst)
            {
                // What was stored of them can be read.
                workspace.Episodes.Read().Count().ShouldBe((int)workspace.Episodes.Count().Episodes);
            }
        }

        TestContext.Out.WriteLine(
            $"{mutated} lines mutated: {string.Join('/', outcomes)} stored/duplicate/refused/noise"
        );
        seen.ShouldBe([.. LogFormats.All.Select(f => f.Name), "unknown"], ignoreOrder: true);
        outcomes.ShouldAllBe(n => n > 0);
    }

    /// <summary>Every line becomes one record, unless the whole file is one.</summary>
    private static void Check(Collection collection, SourceFile file, byte[] bytes)
    {
        var before = Counts(collection);
        var unknown = collection["unknown"];
        var (refused, noise) = (unknown.Quarantined, unknown.Noise);
        Should.NotThrow(() => Collector.ReadFile(collection, file), $"{file.Path}: {Encoding.UTF8.GetString(bytes)}");
        var records = Counts(collection) - before;
        var isWhole = unknown.Quarantined + unknown.Noise > refused + noise;
        if (isWhole)
        {
            records.ShouldBe(1, file.Path);
        }
        else if (file.Path.EndsWith(".jsonl", StringComparison.Ordinal) && records > 0)
        {
            // A part may be refused for each value of a record that holds several; a half last line waits.
            var lines = Encoding
                .Latin1.GetString(bytes)
                .Split('\n')
                .Count(l => l.Trim(' ', '\t', '\r', '\0').Length > 0);
            // On a broken line several whole records may stand, each of which begins like this.
            var most = Math.Max(lines, Encoding.Latin1.GetString(bytes).Split("{\"").Length - 1);
            records.ShouldBeInRange(bytes.Length > 0 && bytes[^1] == '\n' ? lines : lines - 1, most, file.Path);
        }
    }

    private static long Counts(Collection collection) =>
        collection.Tallies.Values.Sum(t => t.Stored + t.Duplicates + t.Quarantined + t.Noise);

    private static byte[] Mutate(byte[] bytes, bool isLines, Random random, ref int mutated)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            // Of a document one line or so: more would leave nothing to recognise.
            if (lines[i].Length > 0 && random.Next(isLines ? 2 : lines.Length) == 0)
            {
                lines[i] = MutateLine(lines[i], lines, random);
                mutated++;
            }
        }

        var text = string.Join('\n', lines);
        var file = Encoding.Latin1.GetBytes(text);
        return random.Next(8) == 0 ? file[..random.Next(file.Length + 1)] : file;
    }

    private static string MutateLine(string line, string[] lines, Random random)
    {
        var at = random.Next(line.Length);
        return random.Next(9) switch
        {
            0 => line[..at] + (char)random.Next(256) + line[(at + 1)..],
            1 => line[..at],
            2 => line[..at] + lines[random.Next(lines.Length)] + line[at..],
            3 => line[..at] + lines[random.Next(lines.Length)],
            4 => Value(line, at, random),
            5 => line[..at] + new string('[', random.Next(300)) + line[at..],
            6 => line.Replace(":\"", ":\"\\ud83d", StringComparison.Ordinal),
            7 => line[..at] + "\0" + line[at..],
            _ => line + line,
        };
    }

    /// <summary>Puts a value of another type in place of a member's.</summary>
    private static string Value(string line, int at, Random random)
    {
        string[] values =
        [
            "null",
            "7",
            "-1",
            "1e400",
            "\"\"",
            "[]",
            "{}",
            "true",
            "[[{}]]",
            "{\"\":{}}",
            "9223372036854775808",
        ];
        var colon = line.IndexOf(':', at);
        if (colon < 0)
        {
            return line[..at];
        }

        var start = colon + 1;
        var end = start;
        var (depth, quoted) = (0, false);
        for (; end < line.Length; end++)
        {
            var c = line[end];
            if (c == '"' && line[end - 1] != '\\')
            {
                quoted = !quoted;
            }
            else if (!quoted && c is '{' or '[')
            {
                depth++;
            }
            else if (!quoted && (c is '}' or ']' ? --depth < 0 : c == ',' && depth == 0))
            {
                break;
            }
        }

        return line[..start] + values[random.Next(values.Length)] + line[end..];
    }
}
