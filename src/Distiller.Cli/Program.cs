using Distiller.Cli;
using Distiller.Core;

PrivateFiles.Begin();
return await CommandLine.RunAsync(args);
