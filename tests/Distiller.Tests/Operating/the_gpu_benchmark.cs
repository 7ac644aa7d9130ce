using System.Globalization;
using CliWrap.Buffered;

namespace Distiller.Tests.Operating;

/// <summary>Without a GPU only this can be shown of it: the script and its verb run, here on the CPU.</summary>
internal sealed class the_gpu_benchmark
{
    [Test]
    public async Task prints_speed_utilisation_and_memory_of_a_dry_run()
    {
        if (
            !File.Exists(
                Path.Combine(Repository.Root, "tests/Distiller.Benchmarks/bin/Release/net10.0/Distiller.Benchmarks.dll")
            )
        )
        {
            Assert.Ignore("tests/Distiller.Benchmarks is not built.");
        }

        var result = await CliWrap
            .Cli.Wrap("bash")
            .WithArguments([Path.Combine(Repository.Root, "ops/gpu-bench.sh"), "--dry-run"])
            .ExecuteBufferedAsync();

        var rows = result
            .StandardOutput.Split('\n')
            .Where(l => l.StartsWith("| tiny", StringComparison.Ordinal))
            .ToList();
        rows.Count.ShouldBe(2, result.StandardOutput + result.StandardError);
        rows[1].ShouldContain("computed twice");
        foreach (var cells in rows.Select(r => r.Split('|', StringSplitOptions.TrimEntries)))
        {
            Number(cells[2]).ShouldBeGreaterThan(0);
            Number(cells[3].TrimEnd('%')).ShouldBeInRange(0.0001, 150);
            Number(cells[4]).ShouldBeGreaterThan(10);
        }
    }

    private static double Number(string cell) =>
        double.Parse(cell, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
