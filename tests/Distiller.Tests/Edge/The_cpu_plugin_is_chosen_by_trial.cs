using System.Diagnostics;
using Distiller.Edge;

namespace Distiller.Tests.Edge;

public sealed class The_cpu_plugin_is_chosen_by_trial
{
    private static readonly string[] Probe = ["doctor", "probe-plugin"];

    private TemporaryFolder _folder = null!;
    private string _verdict = "";

    [SetUp]
    public void MakeFolder()
    {
        _folder = new TemporaryFolder();
        _verdict = _folder["plugin.json"];
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void and_the_best_is_taken_where_it_works_and_remembered()
    {
        var verdict = PluginProbe.Verify(() => DistillerProcess.StartInfo(Probe), _verdict);
        verdict.Plugin.ShouldBe(Usable()[0].Name);
        verdict.Rejected.ShouldBeEmpty();
        // No second trial: this child would fail.
        PluginProbe.Verify(() => Shell("exit 1"), _verdict).Plugin.ShouldBe(verdict.Plugin);
        Directory.GetFiles(_folder.Path).ShouldBe([_verdict]);
    }

    [Test]
    public void and_one_that_dies_of_an_illegal_instruction_gives_way_to_the_next()
    {
        var usable = Usable();
        usable.Count.ShouldBeGreaterThan(2);
        var trials = 0;
        var verdict = PluginProbe.Verify(
            () => trials++ < 2 ? Shell("kill -ILL $$") : DistillerProcess.StartInfo(Probe),
            _verdict
        );
        verdict.Plugin.ShouldBe(usable[2].Name);
        verdict.Rejected.Select(r => r.Plugin).ShouldBe([usable[0].Name, usable[1].Name]);
        verdict.Rejected[0].Reason.ShouldBe("ended with code 132 (signal 4, illegal instruction)");

        var (code, output, errors) = EdgeChild.Run(EdgeChild.Start("describe", verdict.Plugin));
        code.ShouldBe(0, errors);
        output.Trim().ShouldBe(verdict.Plugin);
    }

    [Test]
    public void and_a_verdict_of_another_machine_or_a_damaged_one_is_not_believed()
    {
        var verdict = PluginProbe.Verify(() => DistillerProcess.StartInfo(Probe), _verdict);
        var text = File.ReadAllText(_verdict);
        foreach (
            var other in new[]
            {
                text.Replace(verdict.Machine, "another"),
                text[..20],
                text.Replace("0.5.0-dev", "0.4"),
            }
        )
        {
            File.WriteAllText(_verdict, other);
            Should
                .Throw<BadInputException>(() => PluginProbe.Verify(() => Shell("echo no >&2; exit 7"), _verdict))
                .Reason.ShouldContain($"{verdict.Plugin} ended with code 7: no");
        }
    }

    [Test]
    public void and_a_child_that_only_ends_well_has_not_passed() =>
        Should.Throw<BadInputException>(() => PluginProbe.Verify(() => Shell("exit 0"), _verdict));

    [Test]
    public void and_every_usable_plugin_of_this_machine_computes_the_same()
    {
        foreach (var plugin in Usable())
        {
            var result = DistillerProcess.Run([.. Probe, plugin.Name, _folder.Path]);
            result.ExitCode.ShouldBe(0, $"{plugin.Name}: {result.Error}");
        }
    }

    [TestCase("libggml-cpu-nothing.so")]
    [TestCase("../llama/libggml-cpu-x64.so")]
    public void and_a_name_that_is_no_plugin_is_refused(string name)
    {
        var result = DistillerProcess.Run([.. Probe, name, _folder.Path]);
        result.ExitCode.ShouldNotBe(0);
        result.Error.ShouldContain("There is no such CPU plugin.");
    }

    [Test]
    public void and_once_one_is_loaded_another_cannot_be_chosen()
    {
        var description = EdgeRuntime.Describe();
        description.Devices.ShouldContain(d => d.IsCpu && d.MemoryBytes > 0);
        description.CpuPlugin.ShouldStartWith("libggml-cpu");
        description.GgmlCommit.ShouldNotBeEmpty();
        Should.Throw<InvalidOperationException>(() =>
            EdgeRuntime.Configure(new EdgeRuntimeOptions { CpuPlugin = "libggml-cpu-other.so" })
        );
    }

    private static IReadOnlyList<CpuPlugin> Usable() => CpuPlugin.Usable(NativeFolder.Find("llama"));

    private static ProcessStartInfo Shell(string script) => new("sh") { ArgumentList = { "-c", script } };
}
