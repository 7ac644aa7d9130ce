using System.Globalization;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;

namespace Distiller.Benchmarks;

/// <summary>
/// Processor seconds of a training step of SmolLM2 on one thread: the code before TorchSharp, TorchSharp in float32 and in
/// bfloat16, and a plain PyTorch script, each in processes of their own, in turns.
/// </summary>
internal static class TrainingStep
{
    private const int StepsPerProcess = 3; // the first of them is not counted
    private const int TokensPerStep = 2048; // a night's
    private const int MixRows = 24;

    /// <param name="rest">Base, rounds, the folder of a built checkout of the code before, Python; then loads, all without.</param>
    public static int Run(string[] rest)
    {
        var (baseFile, rounds, before, python) = (
            Path.GetFullPath(rest[0]),
            int.Parse(rest[1], CultureInfo.InvariantCulture),
            Path.GetFullPath(rest[2]),
            rest[3]
        );
        var folder = Directory.CreateTempSubdirectory("distiller-training-step-").FullName;
        try
        {
            var old = BuildOld(folder, before);
            var mine = Path.Combine(AppContext.BaseDirectory, "Distiller.Benchmarks.dll");
            var script = Path.Combine(AppContext.BaseDirectory, "plain_torch.py");
            (string What, Func<string, int, Command> Start)[] contenders =
            [
                (
                    "the C++ shim, float32",
                    (rows, tokens) => OneThread("dotnet", [old, baseFile, rows, $"{tokens}", "fp32"], before)
                ),
                (
                    "TorchSharp, float32",
                    (rows, tokens) =>
                        OneThread("dotnet", [mine, "training-step-child", baseFile, rows, $"{tokens}", "fp32"])
                ),
                (
                    "TorchSharp, bfloat16",
                    (rows, tokens) =>
                        OneThread("dotnet", [mine, "training-step-child", baseFile, rows, $"{tokens}", "bf16"])
                ),
                ("plain PyTorch script", (rows, tokens) => OneThread(python, [script, rows, $"{tokens}"])),
            ];
            (string What, int[][] Rows, int TokensPerStep)[] loads =
            [
                ("one row of 512", Same(512), 512),
                ("one row of 1,024", Same(1024), 1024),
                ("the mix", Mix(), TokensPerStep),
            ];
            foreach (var (what, rows, tokens) in loads.Where(l => rest.Length == 4 || rest[4..].Contains(l.What)))
            {
                var file = Path.Combine(folder, "rows.json");
                File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(rows));
                var costs = contenders.ToDictionary(c => c.What, _ => new List<Cost>(), StringComparer.Ordinal);
                for (var round = 0; round < rounds; round++)
                {
                    foreach (var (name, start) in contenders)
                    {
                        costs[name].Add(Measure(start(file, tokens)));
                    }
                }

                Print(what, contenders.Select(c => (c.What, (IReadOnlyList<Cost>)costs[c.What])));
            }

            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Half of each row carries loss.</summary>
    private static int[][] Same(int length) => [.. Enumerable.Repeat(new[] { length, length / 2 }, StepsPerProcess)];

    /// <summary>
    /// As a night makes rows of tau-bench's airline logs: windows of at most 1,024 tokens, most of them filled, the rest of
    /// any length; a few replies and calls in each carry loss, here taken as the last eighth.
    /// </summary>
    private static int[][] Mix()
    {
        var random = new Random(5);
        return
        [
            .. Enumerable
                .Range(0, MixRows)
                .Select(_ => random.Next(5) < 3 ? 900 + random.Next(125) : 80 + random.Next(820))
                .Select(length => new[] { length, length - length / 8 }),
        ];
    }

    private static void Print(string what, IEnumerable<(string What, IReadOnlyList<Cost> Costs)> measured)
    {
        Console.WriteLine(
            $"""

            | {what} | processor seconds a step (median, least) | ratio of medians | tokens a processor second | peak MB |
            |---|---|---|---|---|
            """
        );
        double? first = null;
        foreach (var (name, costs) in measured)
        {
            var steps = costs.SelectMany(c => c.Seconds).Order().ToList();
            var perToken = costs
                .SelectMany(c => c.Seconds.Zip(c.Tokens, (seconds, tokens) => seconds / tokens))
                .Order()
                .ToList();
            var median = perToken[perToken.Count / 2];
            first ??= median;
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {name} | {steps[steps.Count / 2]:F2}, {steps[0]:F2} | {median / first:F2} | {1 / median:F0} | {costs.Max(c => c.PeakMegabytes):N0} |"
                )
            );
        }
    }

    /// <exception cref="CliWrap.Exceptions.CommandExecutionException">It ended with another code than 0.</exception>
    private static Cost Measure(Command command) =>
        JsonSerializer.Deserialize<Cost>(command.ExecuteBufferedAsync().GetAwaiter().GetResult().StandardOutput)!;

    private static Command OneThread(string program, string[] arguments, string? natives = null) =>
        CliWrap
            .Cli.Wrap(program)
            .WithArguments(arguments)
            .WithEnvironmentVariables(e =>
                e.Set("OMP_NUM_THREADS", "1")
                    .Set("DISTILLER_NATIVE", natives is null ? null : Path.Combine(natives, "build", "native"))
            );

    /// <summary>The same driver, compiled against the libraries of the code before.</summary>
    private static string BuildOld(string folder, string before)
    {
        var libraries = Path.Combine(before, "src", "Distiller.Training", "bin", "Release", "net10.0");
        var project = Path.Combine(folder, "old.csproj");
        File.WriteAllText(
            project,
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <LangVersion>latest</LangVersion>
                <Nullable>enable</Nullable>
                <DefineConstants>SHIM</DefineConstants>
              </PropertyGroup>
              <ItemGroup>
                <Compile Include="{Path.Combine(AppContext.BaseDirectory, "TrainingStepChild.cs")}" />
                <Reference Include="{libraries}/Distiller.*.dll" />
              </ItemGroup>
            </Project>
            """
        );
        CliWrap
            .Cli.Wrap("dotnet")
            .WithArguments(["build", project, "-c", "Release", "-v", "quiet", "-nodeReuse:false"])
            .ExecuteBufferedAsync()
            .GetAwaiter()
            .GetResult();
        return Path.Combine(folder, "bin", "Release", "net10.0", "old.dll");
    }

    private sealed record Cost(double[] Seconds, long[] Tokens, double[] Losses, long PeakMegabytes);
}
