using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Distiller.Tests.Repeating;

/// <summary>
/// What a stage gives for fixed inputs, compared with the committed <c>golden/STAGE.json</c>: SHA-256 of each part, and
/// numbers to a tolerance where they depend on the processor. Where a part differs, the stage's version has to rise: an
/// artifact of the old code would otherwise be taken for one of the new.
/// </summary>
/// <param name="constant">Where the version stands, for the message.</param>
internal sealed class GoldenOutput(string stage, string version, string constant, string? folder = null)
{
    /// <summary>Set to 1, a test writes its golden file where the version was raised, in place of comparing.</summary>
    public const string RecordVariable = "DISTILLER_RECORD_GOLDEN";

    private const double RelativeTolerance = 1e-3;

    private static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
    };

    private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, double[]> _numbers = new(StringComparer.Ordinal);

    private string Path => System.IO.Path.Combine(folder ?? Committed, $"{stage}.json");

    private static string Committed =>
        System.IO.Path.Combine(Repository.Root, "tests", "Distiller.Tests", "Repeating", "golden");

    /// <summary>A part whose bytes are the same on every machine.</summary>
    public GoldenOutput Bytes(string name, ReadOnlySpan<byte> bytes)
    {
        _files.Add(name, Convert.ToHexStringLower(SHA256.HashData(bytes)));
        return this;
    }

    /// <summary>
    /// A part by its JSON, members in order of their names and fractions to nine digits: the last bits of sums and logarithms
    /// belong to the machine.
    /// </summary>
    public GoldenOutput Json(string name, object value)
    {
        var rounded = Rounded(JsonSerializer.SerializeToNode(value, value.GetType(), EpisodeJson.Options));
        return Bytes(name, Encoding.UTF8.GetBytes(CanonicalJson.Text(rounded)));
    }

    /// <summary>Numbers that another processor gives a little differently: they hold to a thousandth.</summary>
    public GoldenOutput Numbers(string name, IEnumerable<double> values)
    {
        _numbers.Add(name, [.. values.Select(v => double.Parse(v.ToString("G6", Invariant), Invariant))]);
        return this;
    }

    public void Check() => Check(Environment.GetEnvironmentVariable(RecordVariable) == "1");

    public void Check(bool record)
    {
        var golden = File.Exists(Path) ? JsonSerializer.Deserialize<Content>(File.ReadAllBytes(Path), Form) : null;
        var changed = golden is null ? [] : Changed(golden);
        if (golden?.Version == version)
        {
            changed.ShouldBeEmpty(
                $"The stage '{stage}' gives another output for the same inputs, but its version is still \"{version}\". "
                    + $"If that is meant, raise {constant} and record the new output: {Command}."
            );
            return;
        }

        record.ShouldBeTrue(
            $"{constant} is \"{version}\"; {Path} holds {(golden is null ? "nothing" : $"version \"{golden.Version}\"")}. "
                + $"Record the output of this version: {Command}."
        );
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllBytes(
            Path,
            [.. JsonSerializer.SerializeToUtf8Bytes(new Content(version, _files, _numbers), Form), (byte)'\n']
        );
    }

    private static string Command =>
        $"{RecordVariable}=1 dotnet test tests/Distiller.Tests --filter {nameof(a_stage_with_another_output_has_another_version)}";

    private static CultureInfo Invariant => CultureInfo.InvariantCulture;

    private List<string> Changed(Content golden) =>
        [
            .. _files
                .Keys.Union(golden.Files.Keys)
                .Where(n => _files.GetValueOrDefault(n) != golden.Files.GetValueOrDefault(n)),
            .. _numbers
                .Keys.Union(golden.Numbers.Keys)
                .Where(n => !AreClose(_numbers.GetValueOrDefault(n) ?? [], golden.Numbers.GetValueOrDefault(n) ?? [])),
        ];

    private static bool AreClose(double[] a, double[] b) =>
        a.Length == b.Length
        && a.Zip(b).All(p => Math.Abs(p.First - p.Second) <= RelativeTolerance * Math.Abs(p.Second));

    private static JsonNode? Rounded(JsonNode? node) =>
        node switch
        {
            JsonObject o => new JsonObject(o.Select(m => KeyValuePair.Create(m.Key, Rounded(m.Value)))),
            JsonArray a => new JsonArray([.. a.Select(Rounded)]),
            JsonValue v when v.GetValueKind() is JsonValueKind.Number && v.ToJsonString().AsSpan().ContainsAny(".eE") =>
                JsonValue.Create(double.Parse(v.ToJsonString(), Invariant).ToString("G9", Invariant)),
            _ => node?.DeepClone(),
        };

    private sealed record Content(
        string Version,
        SortedDictionary<string, string> Files,
        SortedDictionary<string, double[]> Numbers
    );
}
