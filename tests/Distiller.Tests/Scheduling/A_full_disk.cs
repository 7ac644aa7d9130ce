using System.Diagnostics;
using System.Net;
using Distiller.Jobs.Scheduling;
using Distiller.Jobs.Scheduling.Store;

namespace Distiller.Tests.Scheduling;

internal sealed class A_full_disk
{
    [TestCase("collect")]
    [TestCase("distill")]
    public async Task makes_a_night_wait_for_room(string stage)
    {
        await using var lab = new SchedulerLab();
        using var disk = new SmallDisk(lab.InFolder("disk"), 64);
        var tenant = SmallNight.Prepare(lab) with
        {
            Home = lab.InFolder("disk/acme"),
            Registry = lab.InFolder("disk/acme/adapters"),
        };
        var isRoomy = true;
        lab.Runner = new OverheardSteps(
            lab.Runner,
            message =>
            {
                if (isRoomy && message.Kind is StepMessageKind.StageBegan && message.Stage == stage)
                {
                    isRoomy = false;
                    disk.Fill();
                }
            }
        );
        await lab.StartAsync(tenant);
        lab.Clock.JumpTo(SchedulerLab.Midnight.AddHours(1.5));
        var retrying = await lab.UntilAsync(SmallNight.Id, RunState.Retrying);
        retrying.Reason.ShouldContain("disk is full", Case.Insensitive);
        retrying.Reason.ShouldContain("Attempt 2 at ");

        disk.MakeRoom();
        lab.Clock.JumpTo(retrying.Due);
        (await lab.UntilAsync(SmallNight.Id, RunState.Finished)).Figures!.Published.ShouldBeTrue();
    }

    [Test]
    public async Task of_the_server_itself_is_told_survived_and_forgotten()
    {
        using var folder = new TemporaryFolder();
        // More than the 256 MiB without which a server says that it is not ready.
        using var disk = new SmallDisk(folder["disk"], 300);
        var start = DistillerProcess.StartInfo("serve", "--home", disk.Path, "--port", "0");
        start.Environment.Remove("DISTILLER_DATABASE");
        using var server = Process.Start(start)!;
        try
        {
            _ = server.StandardError.ReadToEndAsync();
            var said = await server.StandardOutput.ReadLineAsync();
            _ = server.StandardOutput.ReadToEndAsync();
            using var browser = new HttpClient { BaseAddress = new Uri(said!["dashboard: ".Length..]) };
            await UntilAsync(browser, HttpStatusCode.OK, "ready");

            disk.Fill();
            await UntilAsync(browser, HttpStatusCode.ServiceUnavailable, "has 0 MiB left; 256 MiB are needed");
            await UntilAsync(browser, HttpStatusCode.ServiceUnavailable, "the disk of the database");
            (await browser.GetStringAsync("/healthz")).ShouldBe("ok\n");
            (await browser.GetAsync("/jobs")).StatusCode.ShouldBe(HttpStatusCode.OK, "it can still be read");

            disk.MakeRoom();
            await UntilAsync(browser, HttpStatusCode.OK, "\"state\":\"ready\"");
            server.HasExited.ShouldBeFalse();
            Signals.Terminate(server.Id);
            await server.WaitForExitAsync();
            server.ExitCode.ShouldBe(0);
        }
        finally
        {
            if (!server.HasExited)
            {
                server.Kill(entireProcessTree: true);
                await server.WaitForExitAsync();
            }
        }
    }

    private static async Task UntilAsync(HttpClient browser, HttpStatusCode status, string says)
    {
        var last = "";
        await SchedulerLab.UntilAsync(
            async () =>
            {
                var answer = await browser.GetAsync("/readyz");
                var text = await answer.Content.ReadAsStringAsync();
                last = $"{answer.StatusCode} {text}";
                return answer.StatusCode == status && text.Contains(says, StringComparison.Ordinal);
            },
            () => $"'{says}' was waited for: {last}"
        );
    }
}
