# escape=`

FROM mcr.microsoft.com/windows/servercore:ltsc2022
WORKDIR C:\app
COPY a.txt b.txt C:\app\
RUN powershell -Command `
    Invoke-WebRequest https://example.com -OutFile c:\x.zip; `
    Expand-Archive c:\x.zip
ENV TOOL="C:\Program Files\tool" OTHER=C:\x
ENTRYPOINT ["cmd", "/S", "/C"]
