using System.ComponentModel;
using CliWrap;
using CliWrap.Buffered;

namespace Distiller.Tests.Operating;

public sealed class the_units_are_well_formed
{
    private static readonly string Units = Path.Combine(Repository.Root, "ops", "systemd");

    [TestCase("distiller.service", "distiller.service")]
    [TestCase("distiller-node@.service", "distiller-node@gpu.service")]
    [TestCase("distiller-edge.service", "distiller-edge.service")]
    public void systemd_takes_them(string unit, string instance)
    {
        using var folder = new TemporaryFolder();
        // The program is not installed here, which systemd would mind.
        var text = File.ReadAllText(Path.Combine(Units, unit))
            .Replace("/opt/distiller/distiller ", "/bin/true ", StringComparison.Ordinal)
            .Replace("/opt/distiller/distiller-edge ", "/bin/true ", StringComparison.Ordinal);
        File.WriteAllText(folder[instance], text);

        var (code, said) = Verify(folder[instance]);

        said.ShouldBeEmpty();
        code.ShouldBe(0);
    }

    [TestCase("distiller.service")]
    [TestCase("distiller-node@.service")]
    [TestCase("distiller-edge.service")]
    public void and_a_slip_in_them_would_be_told(string unit)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(
            folder["slip.service"],
            File.ReadAllText(Path.Combine(Units, unit))
                .Replace("/opt/distiller/distiller ", "/bin/true ", StringComparison.Ordinal)
                .Replace("/opt/distiller/distiller-edge ", "/bin/true ", StringComparison.Ordinal)
                .Replace("ProtectSystem=", "ProtectSytem=", StringComparison.Ordinal)
        );

        Verify(folder["slip.service"]).Said.ShouldContain("ProtectSytem");
    }

    [TestCase("distiller.service")]
    [TestCase("distiller-node@.service")]
    public void and_keep_a_night_from_doing_harm(string unit)
    {
        var lines = File.ReadAllLines(Path.Combine(Units, unit));

        foreach (
            var setting in new[]
            {
                "NoNewPrivileges=yes",
                "ProtectSystem=strict",
                "KillSignal=SIGTERM",
                "TimeoutStopSec=20",
                "OOMPolicy=continue",
            }
        )
        {
            lines.ShouldContain(setting);
        }

        lines.ShouldContain(l => l.StartsWith("MemoryMax=", StringComparison.Ordinal));
    }

    private static (int Code, string Said) Verify(string path)
    {
        try
        {
            var result = CliWrap
                .Cli.Wrap("systemd-analyze")
                .WithArguments(["verify", "--man=no", path])
                .WithValidation(CommandResultValidation.None)
                .ExecuteBufferedAsync()
                .GetAwaiter()
                .GetResult();
            return (result.ExitCode, result.StandardError);
        }
        catch (Win32Exception)
        {
            Assert.Ignore("systemd-analyze is not installed.");
            throw;
        }
    }
}
