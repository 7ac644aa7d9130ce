using System.Diagnostics;
using System.Runtime.CompilerServices;
using Distiller.Edge;
using Distiller.Gguf;

namespace Distiller.Tests.Edge;

/// <summary>
/// Runs a part of the edge runtime in another process: this very test program, started with a variable that makes it do
/// that instead of nothing. What kills a process, or happens only once in one, is tested there. (What the command line can do is tested through it.)
/// </summary>
internal static class EdgeChild
{
    private const string Variable = "DISTILLER_TEST_EDGE_CHILD";

    /// <summary>Starts the test program for a task.</summary>
    /// <param name="task"><c>use</c>, <c>load</c> or <c>attach</c>, followed by its own arguments.</param>
    public static ProcessStartInfo Start(string task, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } p && p.EndsWith("dotnet") ? p : "dotnet")
        {
            ArgumentList = { typeof(EdgeChild).Assembly.Location },
            Environment = { [Variable] = task },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    public static (int Code, string Output, string Errors) Run(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        return (process.ExitCode, output.Result, errors.Result);
    }

#pragma warning disable CA2255 // A test program has no entry point of its own.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Begin()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } task)
        {
            Environment.Exit(Do(task, Environment.GetCommandLineArgs()[1..]));
        }
    }

    private static int Do(string task, string[] arguments) =>
        task switch
        {
            "use" => Use(arguments),
            "load" => LoadAll(arguments),
            "attach" => AttachAll(arguments[0], arguments[1..]),
            _ => 99,
        };

    /// <summary>
    /// Uses the codec and llama.cpp in the order named, and prints where their libraries come from; or what is missing.
    /// </summary>
    private static int Use(string[] order)
    {
        try
        {
            foreach (var part in order)
            {
                if (part == "codec")
                {
                    TensorEncoder.Encode(GgmlType.Q8_0, Enumerable.Repeat(1f, 32).ToArray(), 32);
                }
                else
                {
                    EdgeRuntime.Describe();
                }
            }

            foreach (var file in MappedLlamaFiles())
            {
                Console.WriteLine(file);
            }
        }
        catch (BadInputException e)
        {
            Console.WriteLine($"refused\n{e.Place.File}\n{e.Reason}\n{e.Remedy}");
        }

        return 0;
    }

    /// <summary>The files of llama.cpp and ggml that this process has loaded.</summary>
    private static string[] MappedLlamaFiles() =>
        [
            .. File.ReadLines("/proc/self/maps")
                .Where(l => l.Contains("/libggml") || l.Contains("/libllama"))
                .Select(l => l[l.IndexOf('/')..])
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Loads each file and, where it loads, evaluates a few tokens. Says which file it is at.</summary>
    private static int LoadAll(string[] files)
    {
        foreach (var file in files)
        {
            Console.WriteLine($"at {Path.GetFileName(file)}");
            try
            {
                using var model = EdgeFixtures.Load(file);
                using var session = model.OpenSession(new EdgeSessionOptions { ContextTokens = 32 });
                model.Tokenizer.Tokenize("hello \n world", addSpecial: true, parseSpecial: true);
                session.Feed([3, 4, 5, 6]);
                session.GenerateGreedy(2);
                Console.WriteLine("loaded");
            }
            catch (BadInputException e)
            {
                Console.WriteLine($"refused: {e.Reason}");
            }
        }

        Console.WriteLine("all done");
        return 0;
    }

    /// <summary>The same for adapters of one base.</summary>
    private static int AttachAll(string baseFile, string[] files)
    {
        using var model = EdgeFixtures.Load(baseFile);
        using var session = model.OpenSession(new EdgeSessionOptions { ContextTokens = 32 });
        foreach (var file in files)
        {
            Console.WriteLine($"at {Path.GetFileName(file)}");
            try
            {
                using var adapter = model.LoadAdapter(file);
                session.Attach(adapter);
                session.Feed([3, 4, 5, 6]);
                session.GenerateGreedy(2);
                Console.WriteLine("loaded");
            }
            catch (BadInputException e)
            {
                Console.WriteLine($"refused: {e.Reason}");
            }
        }

        Console.WriteLine("all done");
        return 0;
    }
}
