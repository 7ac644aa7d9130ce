using System.CommandLine;
using Distiller.Core;
using Distiller.Edge.Serving;
using Distiller.EdgeServer;
using Distiller.EdgeServer.Escalation;
using Distiller.Scrubbing;
using Microsoft.Extensions.Hosting;

namespace Distiller.EdgeCli.Commands;

/// <summary><c>edge serve</c>: an OpenAI-style server over a base and the releases on this device.</summary>
internal static class EdgeServeCommand
{
    public static Command Create()
    {
        var baseModel = CommonOptions.Base(required: false);
        var threads = new Option<int>("--threads")
        {
            Description = "Threads that compute.",
            DefaultValueFactory = _ => Math.Min(2, Environment.ProcessorCount),
        };
        threads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1024)
            {
                result.AddError("--threads must be 1 to 1024.");
            }
        });
        var token = new Option<string?>("--token-file")
        {
            Description =
                $"A file whose text clients must send as their API key; or ${AccessToken.Variable}. Make one: {AccessToken.HowToMake}.",
            HelpName = "FILE",
        };
        var place = new SettingOptions<EdgeServerOptions>(new EdgeServerOptions());
        var engine = new SettingOptions<EngineOptions>(new EngineOptions());
        var rules = CommonOptions.ScrubRules();
        var home = CommonOptions.Home();
        var command = new Command(
            "serve",
            """
            Serves the base and the releases on this device as OpenAI's API does: /v1/models, /v1/chat/completions,
            /v1/embeddings. A model is asked for as BASE, BASE:ADAPTER@VERSION or BASE:ADAPTER@stable. What 'edge pull' brings
            meanwhile is used from the next request on; answers under way end on the release they began with. With --record,
            conversations are scrubbed and kept as episodes that 'collect' reads, and POST /v1/outcomes says how they ended.
            With --escalate a larger model answers where the release's classifier says that the adapter's answer is likely
            wrong; the header X-Distiller-Model tells which one did.
            """
        )
        {
            home,
            baseModel,
            threads,
            token,
        };
        place.AddTo(command);
        engine.AddTo(command);
        command.Options.Add(rules);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var secret = AccessToken.Read(
                    parsed.GetValue(token),
                    Environment.GetEnvironmentVariable(AccessToken.Variable)
                );
                var hidden = ScrubRules.With(parsed.GetValue(rules));
                Action<string> tell = words => Console.Error.WriteLine($"edge: {UntrustedText.VisibleLines(words)}");
                using var host = EdgeHost.Open(
                    new EdgeHostOptions
                    {
                        BasePath = parsed.GetValue(baseModel) ?? ShippedFile.Find(ShippedFile.TinyBase),
                        Home = Path.GetFullPath(parsed.GetRequiredValue(home)),
                        Threads = parsed.GetValue(threads),
                        Engine = engine.Read(parsed),
                        Tell = tell,
                    }
                );
                var options = place.Read(parsed);
                await using var server = EdgeWebServer.Build(
                    options with
                    {
                        Token = secret is null ? null : new AccessToken(secret, "--token-file"),
                        Record = options.Record with { Scrub = e => new EpisodeScrubber(hidden).All(e) },
                        Escalation = options.Escalation with
                        {
                            Key = Environment.GetEnvironmentVariable(EscalationOptions.KeyVariable),
                        },
                        Tell = tell,
                    },
                    host
                );
                await server.StartAsync(cancellation);
                foreach (var address in server.Urls)
                {
                    Console.Out.WriteLine($"edge:  {address}/v1");
                }

                foreach (var model in host.Models())
                {
                    Console.Out.WriteLine($"model: {model.Id}");
                }

                await server.WaitForShutdownAsync(cancellation);
                return ExitCode.Done;
            }
        );
        return command;
    }
}
