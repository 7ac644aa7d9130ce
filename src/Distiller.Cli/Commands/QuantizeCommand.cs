using System.CommandLine;
using System.CommandLine.Parsing;
using Distiller.Cli.Terminal;
using Distiller.Gguf;
using Distiller.Jobs.Models;
using Distiller.Jobs.Stages;
using Distiller.Lake;

namespace Distiller.Cli.Commands;

/// <summary>
/// <c>quantize</c>: the workspace's newest adapter as GGUF in 16 bit and INT4, and for PEFT; or, with <c>--adapter</c>, any
/// LoRA, whoever trained it.
/// </summary>
internal static class QuantizeCommand
{
    public static Command Create()
    {
        var session = new NightSession("threads");
        var foreign = new ForeignAdapterOptions();
        var command = new Command(
            "quantize",
            "Writes the newest adapter, or the LoRA that --adapter names, as GGUF (F16 and INT4), with the error of every tensor."
        );
        session.AddTo(command);
        foreign.AddTo(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                if (foreign.IsGiven(parsed))
                {
                    var request = foreign.Read(parsed, session.Settings(parsed));
                    var report = ProgressBars.Run(p => AdapterQuantization.Run(request, p, cancellation));
                    session.Output(parsed).Result(report, ModelTables.Quantization);
                    return Task.FromResult(ExitCode.Done);
                }

                var result = session.Run(
                    parsed,
                    night =>
                    {
                        var adapter = night.Latest(ArtifactKind.Adapter, "distill");
                        var quantized = new QuantizeStage(night).Run(adapter, cancellation);
                        return new QuantizedResult(
                            quantized.Key,
                            quantized.Folder,
                            AdapterManifest.Read(quantized.File(AdapterManifest.FileName))
                        );
                    }
                );
                session.Output(parsed).Result(result, StageTables.Quantized);
                return Task.FromResult(ExitCode.Done);
            }
        );
        return command;
    }
}

/// <summary>The options of <c>quantize</c> for an adapter that no night of the workspace made.</summary>
internal sealed class ForeignAdapterOptions
{
    private readonly Option<string?> _adapter = new("--adapter")
    {
        Description =
            "An adapter of this base, whoever trained it: a PEFT folder, an adapter GGUF, or a lora.safetensors of 'distill'. The workspace is then not used.",
        HelpName = "PEFT-DIR|ADAPTER.gguf|LORA.safetensors",
    };

    private readonly Option<string?> _folder = new("--out")
    {
        Description = "With --adapter: the folder for adapter-f16.gguf, adapter-int4.gguf and quantization.json.",
        HelpName = "DIR",
    };

    private readonly Option<string> _method = new("--method")
    {
        Description =
            "With --adapter: how the factors are rounded. q4_0 and iq4_nl are ggml's own; distiller fits the product of both factors in Q4_0 blocks.",
        DefaultValueFactory = _ => QuantizationMethods.WordOf(QuantizationMethod.Distiller),
    };

    private readonly Option<string?> _heldOut = new("--held-out")
    {
        Description =
            "With --adapter: a text that taught nothing; tells the KL divergence of the INT4 student from the one in 16 bit on it (4,096 tokens at most). Lines with 'messages' or 'text' (.jsonl), training examples (.parquet), or plain text.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _calibration = new("--calibration")
    {
        Description =
            "With --adapter: a text of the kind that the adapter will read, in the same forms (8,192 tokens at most); inputs that are large on it are rounded more carefully.",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        _method.AcceptOnlyFromAmong([.. QuantizationMethods.Words]);
        command.Options.Add(_adapter);
        command.Options.Add(_folder);
        command.Options.Add(_method);
        command.Options.Add(_heldOut);
        command.Options.Add(_calibration);
        command.Validators.Add(result =>
        {
            var isGiven = Given(result, _adapter);
            if (isGiven && !Given(result, _folder))
            {
                result.AddError("--adapter needs --out DIR, where its files go.");
            }

            var alone = new Option[] { _folder, _method, _heldOut, _calibration }.FirstOrDefault(o => Given(result, o));
            if (!isGiven && alone is not null)
            {
                result.AddError(
                    $"{alone.Name} belongs to --adapter; without one the newest adapter of the workspace is written."
                );
            }
        });
    }

    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_adapter) is not null;

    public AdapterQuantizationRequest Read(ParseResult parsed, Jobs.NightSettings settings) =>
        new(
            parsed.GetRequiredValue(_adapter)!,
            settings.BasePath,
            parsed.GetRequiredValue(_folder)!,
            QuantizationMethods.Parse(parsed.GetRequiredValue(_method)),
            parsed.GetValue(_heldOut),
            parsed.GetValue(_calibration),
            settings.Threads
        );

    private static bool Given(CommandResult result, Option option) => result.GetResult(option) is { Implicit: false };
}

/// <summary>The document of <c>quantize --json</c>.</summary>
internal sealed record QuantizedResult(string Artifact, string Folder, AdapterManifest Manifest);
