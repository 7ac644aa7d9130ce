using System.Diagnostics;
using System.Text.Json;
using Distiller.Jobs;
using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;
using Distiller.Mining;
using Distiller.Mining.Examples;
using Distiller.Training.Distilling;

namespace Distiller.Tests.Scheduling;

internal sealed class A_server_on_the_command_line
{
    private const int Killed = 137;

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public async Task says_where_to_look_refuses_a_second_one_and_leaves_when_it_is_asked_to()
    {
        var start = DistillerProcess.StartInfo("serve", "--home", _folder.Path, "--port", "0");
        start.Environment.Remove("DISTILLER_DATABASE");
        // Alerts are looked for at once: before the scheduler has begun.
        start.Environment["DISTILLER_WEBHOOK"] = "http://127.0.0.1:9/";
        using var server = Process.Start(start)!;
        try
        {
            var errors = server.StandardError.ReadToEndAsync();
            var said = await ReadUntilAsync(server.StandardOutput, "dashboard: ");
            said.ShouldContain("http://127.0.0.1:");
            (await ReadUntilAsync(server.StandardOutput, "no night:")).ShouldContain("nightly.yaml");

            var second = DistillerProcess.Run("serve", "--home", _folder.Path, "--port", "0");
            second.ExitCode.ShouldBe(3, second.ToString());
            second.Error.ShouldContain($"process {server.Id}, since ");

            await UntilPreparedAsync();
            using var web = new HttpClient { BaseAddress = new Uri(said["dashboard: ".Length..].Trim()) };
            foreach (var path in new[] { "/hangfire", "/hangfire/jobs/succeeded" })
            {
                (await web.GetStringAsync(new Uri(path, UriKind.Relative))).ShouldContain("Distiller jobs");
            }

            var listed = DistillerProcess.Run("jobs", "list", "--home", _folder.Path, "--json");
            listed.Json.AsArray().ShouldBeEmpty();
            var asked = DistillerProcess.Run("jobs", "run", "acme", "--home", _folder.Path);
            asked.ExitCode.ShouldBe(3, asked.ToString());
            asked.Error.ShouldContain("no tenant 'acme'");

            Signals.Terminate(server.Id);
            _ = server.StandardOutput.ReadToEndAsync();
            await server.WaitForExitAsync();
            server.ExitCode.ShouldBe(0, await errors);
            // It was its first start, on a folder with nothing in it.
            (await errors).ShouldNotContain("no such table");
            (await errors).ShouldNotContain("rror");
        }
        finally
        {
            if (!server.HasExited)
            {
                server.Kill(entireProcessTree: true);
            }
        }
    }

    [Test]
    public void refuses_a_schedule_that_cannot_be_meant()
    {
        File.WriteAllText(
            _folder["nightly.yaml"],
            """
            tenants:
              - name: acme
                logs: logs
                base: base.gguf
                cron: "every night"
            """
        );
        var server = DistillerProcess.Run("serve", "--home", _folder.Path, "--port", "0");
        server.ExitCode.ShouldBe(3, server.ToString());
        server.Error.ShouldContain("nightly.yaml:5");
    }

    [Test]
    public async Task its_steps_die_with_it()
    {
        using var step = Process.Start(DistillerProcess.StartInfo("step"))!;
        try
        {
            var first = step.StandardOutput.ReadLineAsync();
            await step.StandardInput.WriteLineAsync(JsonSerializer.Serialize(Order(), EpisodeJson.Options));
            await step.StandardInput.FlushAsync();
            (await first).ShouldNotBeNull().ShouldContain("stageBegan");
            step.StandardInput.Close();
            await step.WaitForExitAsync();
            step.ExitCode.ShouldBe(Killed);
        }
        finally
        {
            if (!step.HasExited)
            {
                step.Kill();
            }
        }
    }

    [Test]
    public async Task its_steps_leave_when_they_get_a_sigterm()
    {
        using var step = Process.Start(DistillerProcess.StartInfo("step"))!;
        try
        {
            await step.StandardInput.WriteLineAsync(JsonSerializer.Serialize(Order(), EpisodeJson.Options));
            await step.StandardInput.FlushAsync();
            await ReadUntilAsync(step.StandardOutput, "\"stage\":\"distill\"");
            Signals.Terminate(step.Id);
            _ = step.StandardOutput.ReadToEndAsync();
            await step.WaitForExitAsync();
            step.ExitCode.ShouldBe(StepProcess.StoppedExitCode);
        }
        finally
        {
            if (!step.HasExited)
            {
                step.Kill();
            }
        }
    }

    /// <summary>A training that nobody waits for.</summary>
    private StepOrder Order()
    {
        _ = new TinyBase().Write(_folder["base.gguf"]);
        SampleLogs.Write(_folder["logs.jsonl"]);
        var prepared = DistillerProcess.Run(
            "collect",
            _folder["logs.jsonl"],
            "--home",
            _folder["home"],
            "--tenant",
            "acme"
        );
        prepared.ExitCode.ShouldBe(0, prepared.ToString());
        var mined = DistillerProcess.Run(
            "mine",
            "--home",
            _folder["home"],
            "--base",
            _folder["base.gguf"],
            "--max-sequence",
            "256",
            "--json"
        );
        mined.ExitCode.ShouldBe(0, mined.ToString());
        return new StepOrder(
            "acme-20260310",
            "acme",
            new DateOnly(2026, 3, 10),
            RunStep.Train,
            _folder["home"],
            _folder["adapters"],
            [],
            new NightSettings
            {
                BasePath = _folder["base.gguf"],
                Mining = new MiningOptions { Examples = new ExampleOptions { SequenceTokensMax = 256 } },
                Training = new TrainingOptions { MaxTrainTokens = 100_000_000, Epochs = 100 },
                Threads = 1,
            },
            new RunHandover
            {
                Mined = Path.GetFileName(Directory.GetDirectories(_folder["home/artifacts/mined"]).Single()),
            },
            0,
            null
        );
    }

    private async Task UntilPreparedAsync()
    {
        using var database = RunDatabase.Sqlite(_folder[".serve/distiller.db"]);
        var store = new RunStore(database, TimeProvider.System);
        await SchedulerLab.UntilAsync(async () =>
        {
            try
            {
                return (await store.Nodes.ListAsync()).Count == 1;
            }
            catch (Microsoft.Data.Sqlite.SqliteException)
            {
                return false; // Its tables are being made.
            }
        });
    }

    private static async Task<string> ReadUntilAsync(StreamReader reader, string text)
    {
        var lines = new List<string>();
        while (await reader.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new AssertionException($"It ended without '{text}': {string.Join('\n', lines)}");
    }
}
