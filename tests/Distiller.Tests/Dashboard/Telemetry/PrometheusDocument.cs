using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Distiller.Tests.Dashboard.Telemetry;

/// <summary>
/// A strict reader of Prometheus' text format 0.0.4, written from its description alone
/// (prometheus.io/docs/instrumenting/exposition_formats); throws at the first thing that is not as described.
/// </summary>
internal sealed class PrometheusDocument
{
    private static readonly Regex Name = new("^[a-zA-Z_:][a-zA-Z0-9_:]*$");
    private static readonly Regex Label = new("^[a-zA-Z_][a-zA-Z0-9_]*$");

    public Dictionary<string, string> Types { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Helps { get; } = new(StringComparer.Ordinal);

    public List<Sample> Samples { get; } = [];

    public static PrometheusDocument Parse(string text)
    {
        var document = new PrometheusDocument();
        if (text.Length > 0 && text[^1] != '\n')
        {
            throw new FormatException("The last line must end with a line feed.");
        }

        string? family = null;
        var closed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n')[..^1])
        {
            var name = document.Read(line);
            if (name != family)
            {
                // All lines of a metric are one group.
                if (family is not null)
                {
                    closed.Add(family);
                }

                if (!closed.Add(name))
                {
                    throw new FormatException($"{name} is told in two places.");
                }

                closed.Remove(name);
                family = name;
            }
        }

        if (document.Samples.DistinctBy(s => s.Key).Count() != document.Samples.Count)
        {
            throw new FormatException("A series is told twice.");
        }

        foreach (var (name, _) in document.Types.Where(t => t.Value == "histogram"))
        {
            document.CheckHistogram(name);
        }

        return document;
    }

    public double Value(string name, params (string Name, string Value)[] labels) =>
        Samples.Single(s => s.Name == name && labels.All(l => s.Labels.GetValueOrDefault(l.Name) == l.Value)).Value;

    public bool Has(string name) => Samples.Any(s => s.Name == name);

    private string Read(string line)
    {
        if (line.StartsWith('#'))
        {
            var parts = line.Split(' ', 4);
            if (parts is not ["#", "HELP" or "TYPE", _, _] || !Name.IsMatch(parts[2]))
            {
                throw new FormatException(line);
            }

            if (parts[1] == "HELP")
            {
                Helps.Add(parts[2], Unescape(parts[3], quotes: false));
            }
            else if (parts[3] is "counter" or "gauge" or "histogram" && Samples.All(s => Family(s.Name) != parts[2]))
            {
                Types.Add(parts[2], parts[3]);
            }
            else
            {
                throw new FormatException(line);
            }

            return parts[2];
        }

        var sample = ReadSample(line);
        Samples.Add(sample);
        return Family(sample.Name);
    }

    private string Family(string name)
    {
        foreach (var suffix in (string[])["_bucket", "_sum", "_count"])
        {
            if (name.EndsWith(suffix) && Types.GetValueOrDefault(name[..^suffix.Length]) == "histogram")
            {
                return name[..^suffix.Length];
            }
        }

        return Types.ContainsKey(name) ? name : throw new FormatException($"{name} has no TYPE.");
    }

    private static Sample ReadSample(string line)
    {
        var at = line.IndexOfAny(['{', ' ']);
        var name = line[..at];
        if (!Name.IsMatch(name))
        {
            throw new FormatException(line);
        }

        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (line[at] == '{')
        {
            at++;
            while (line[at] != '}')
            {
                var equals = line.IndexOf("=\"", at, StringComparison.Ordinal);
                var label = line[at..equals];
                var end = equals + 2;
                while (line[end] != '"')
                {
                    end += line[end] == '\\' ? 2 : 1;
                }

                if (!Label.IsMatch(label))
                {
                    throw new FormatException(line);
                }

                labels.Add(label, Unescape(line[(equals + 2)..end], quotes: true));
                at = end + 1;
                if (line[at] == ',')
                {
                    at++;
                }
            }

            at++;
        }

        if (line[at] != ' ')
        {
            throw new FormatException(line);
        }

        var number = line[(at + 1)..];
        var value = number switch
        {
            "+Inf" => double.PositiveInfinity,
            "-Inf" => double.NegativeInfinity,
            "NaN" => double.NaN,
            _ => double.Parse(
                number,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture
            ),
        };
        return new Sample(name, labels, value);
    }

    private static string Unescape(string text, bool quotes)
    {
        var plain = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                plain.Append(text[i]);
                continue;
            }

            i++;
            plain.Append(
                text[i] switch
                {
                    '\\' => '\\',
                    'n' => '\n',
                    '"' when quotes => '"',
                    _ => throw new FormatException(text),
                }
            );
        }

        return plain.ToString();
    }

    private void CheckHistogram(string name)
    {
        foreach (var series in Samples.Where(s => s.Name == name + "_bucket").GroupBy(s => s.KeyWithout("le")))
        {
            var buckets = series
                .Select(s =>
                    (
                        Bound: s.Labels["le"] == "+Inf"
                            ? double.PositiveInfinity
                            : double.Parse(s.Labels["le"], CultureInfo.InvariantCulture),
                        s.Value
                    )
                )
                .ToList();
            var rises = buckets
                .Zip(buckets.Skip(1))
                .All(p => p.First.Bound < p.Second.Bound && p.First.Value <= p.Second.Value);
            var count = Samples.Single(s =>
                s.Name == name + "_count" && "_bucket" + s.Key[(name.Length + 6)..] == series.Key[name.Length..]
            );
            _ = Samples.Single(s =>
                s.Name == name + "_sum" && "_bucket" + s.Key[(name.Length + 4)..] == series.Key[name.Length..]
            );
            if (!rises || !double.IsPositiveInfinity(buckets[^1].Bound) || buckets[^1].Value != count.Value)
            {
                throw new FormatException($"{name} is no histogram: {series.Key}");
            }
        }
    }

    internal sealed record Sample(string Name, SortedDictionary<string, string> Labels, double Value)
    {
        public string Key => KeyWithout("");

        public string KeyWithout(string label) =>
            $"{Name}{{{string.Join(',', Labels.Where(l => l.Key != label).Select(l => $"{l.Key}={l.Value}"))}}}";
    }
}
