using System.Diagnostics;
using System.Runtime.CompilerServices;
using Distiller.Edge;

namespace Distiller.Tests.Edge;

/// <summary>
/// Runs a part of the edge runtime in another process: this very test program, started with a variable that makes it do
/// that instead of nothing. What kills a process, or can be chosen only once in one, is tested there. (What the command line can do is tested through it.)
/// </summary>
internal static class EdgeChild
{
    private const string Variable = "DISTILLER_TEST_EDGE_CHILD";

    /// <summary>Starts the test program for a task.</summary>
    /// <param name="task"><c>describe</c>, <c>load</c> or <c>attach</c>, followed by its own arguments.</param>
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
            "describe" => Describe(arguments[0]),
            "load" => LoadAll(arguments),
            "attach" => AttachAll(arguments[0], arguments[1..]),
            _ => 99,
        };

    private static int Describe(string plugin)
    {
        EdgeRuntime.Configure(new EdgeRuntimeOptions { CpuPlugin = plugin });
        Console.WriteLine(EdgeRuntime.Describe().CpuPlugin);
        return 0;
    }

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
