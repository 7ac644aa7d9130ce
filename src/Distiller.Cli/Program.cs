using Distiller.Cli;

return await CommandLine.RunAsync(args);
