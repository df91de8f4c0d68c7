// Made by tools/generate-scsi-tables.ts: do not edit.
// v VPD, m mode, l log|page|subpage|device types|name

export const PAGE_ROWS = `
v|00|||Supported VPD Pages
v|01h-7f|||ASCII information
v|80|||Unit Serial Number
v|81|||Implemented Operating Definition
v|82|||ASCII Implemented Operating Definition
v|83|||Device Identification
v|84|||Software Interface Identification
v|85|||Management Network Addresses
v|86|||Extended INQUIRY Data
v|87|||Mode Page Policy
v|88|||SCSI Ports
v|89||DZ|ATA Information
v|8a|||Power Condition
v|8b|||Device Constituents
v|8c|||CFA Profile Information
v|8d|||Power Consumption
v|8e|||NVMe Information
v|8f|||Third-party Copy
v|90|||Protocol Specific Logical Unit Information
v|91|||Protocol Specific Port Information
v|92|||SCSI Feature Sets
v|b0||DZ|Block Limits
v|b0||T|Sequential-access Device Capabilities
v|b0||F|OSD Information
v|b1||DZ|Block Device Characteristics
v|b1||TV|Manufacturer-assigned Serial Number
v|b1||F|Security Token
v|b2||DZ|Logical Block Provisioning
v|b2||T|TapeAlert Supported Flags
v|b3||DZ|Referrals
v|b3||T|Automation Device Serial Number
v|b4||DZ|Supported Block Lengths And Protection Types
v|b4||T|Data Transfer Device Element Address
v|b5||DZ|Block Device Characteristics Extension
v|b5||T|Logical Block Protection
v|b6||DZ|Zoned Block Device Characteristics
v|b7||DZ|Block Limits Extension
v|b8||DZ|Format Presets
v|b9||DZ|Concurrent Positioning Ranges
v|ba||DZ|Capacity/Product Identification Mapping
v|c0h-ff|||(vendor specific)
m|00|||(vendor specific; does not require page format)
m|01||DZTR|Read-Write Error Recovery
m|02|||Disconnect-Reconnect
m|03||D|Format Device
m|03||R|Mount Rainier Rewritable (MRW)
m|04||D|Rigid Disk Geometry
m|05||D|Flexible Disk
m|05||R|Write Parameters
m|06||B|RBC Device Parameters
m|07||DZR|Verify Error Recovery
m|08||DZR|Caching
m|09|||Peripheral Device
m|0a|00||Control
m|0a|01||Control Extension
m|0a|02|DZ|Application Tag
m|0a|03||Command Duration Limit A
m|0a|04||Command Duration Limit B
m|0a|05|DZ|IO Advice Hints Grouping
m|0a|06|D|Background Operation Control
m|0a|07||Command Duration Limit T2A
m|0a|08||Command Duration Limit T2B
m|0a|0f|DZ|Zoned Block Device Control
m|0a|f0|T|Control Data Protection
m|0a|f1|D|PATA Control
m|0a|f2|D|ATA Feature Control
m|0a|f8||NVMe Control
m|0b||D|Medium Types Supported
m|0c||D|Notch And Partition
m|0d||D|Power Condition (old)
m|0d||R|CD Device Parameters
m|0e||R|CD Audio Control
m|0e|01|V|Target Device
m|0e|02|V|DT Device Primary Port
m|0e|03|V|Logical Unit
m|0e|04|V|Target Device Serial Number
m|0f||T|Data Compression
m|10||D|XOR Control
m|10|00|T|Device Configuration
m|10|01|T|Device Configuration Extension
m|11||T|Medium Partition
m|12||T|Medium Partition (2)
m|13||T|Medium Partition (3)
m|14||T|Medium Partition (4)
m|14||E|Enclosure Services Management
m|15|01h-ff||Extended
m|16|01h-ff||Extended Device-Type Specific
m|18|||Protocol Specific Logical Unit
m|19|||Protocol Specific Port
m|19|01||Phy Control And Discover (SAS); Margin Control (SPI)
m|19|02||Shared Port Control (SAS); Saved Training Configuration Value (SPI)
m|19|03||Enhanced Phy Control (SAS); Negotiated Settings (SPI)
m|19|04||Out Of Band Management Control (SAS); Report Transfer Capabilities (SPI)
m|1a|00||Power Condition
m|1a|01||Power Consumption
m|1a|f1|D|ATA Power Condition
m|1b||A|LUN Mapping
m|1c|00||Informational Exceptions Control
m|1c|01|DZ|Background Control
m|1c|02|D|Logical Block Provisioning
m|1d||T|Medium Configuration
m|1d||R|CD/DVD Timeout And Protect
m|1d||M|Element Address Assignment
m|1e||M|Transport Geometry Parameters
m|1f|00|M|Device Capabilities
m|1f|41|M|Extended Device Capabilities
m|20h-29|||(vendor specific)
m|2a||R|MM Capabilities And Mechanical Status
m|2bh-3e|||(vendor specific)
m|3f|00||return all mode pages (page_0 format)
m|3f|ff||return all mode pages and subpages
l|00|00||Supported Log Pages
l|00|ff||Supported Log Pages And Subpages
l|01|00||Buffer Over-Run/Under-Run
l|02|00||Write Error Counters
l|03|00||Read Error Counters
l|04|00|T|Read Reverse Error Counters
l|05|00||Verify Error Counters
l|06|00||Non-Medium Error
l|07|00||Last n Error Events
l|08|00|DZ|Format Status
l|0b|00||Last n Deferred Errors Or Asynchronous Events
l|0b|01||Last n Inquiry Data Changed
l|0b|02||Last n Mode Page Data Changed
l|0c|00|DZ|Logical Block Provisioning
l|0c|00|T|Sequential-Access Device
l|0d|00||Temperature
l|0d|01||Environmental Reporting
l|0d|02||Environmental Limits
l|0e|00||Start-Stop Cycle Counter
l|0e|01|DZ|Utilization
l|0f|00||Application Client
l|10|00||Self-Test Results
l|11|00|DZ|Solid State Media
l|11|00|TV|DT Device Status
l|12|00|TV|TapeAlert Response
l|13|00|TV|Requested Recovery
l|14|00|TV|Device Statistics
l|14|00|M|Media Changer Statistics
l|14|01|DZ|Zoned Block Device Statistics
l|15|00|DZ|Background Scan
l|15|00|M|Element Statistics
l|15|00|V|Service Buffers Information
l|15|01|DZ|Pending Defects
l|15|02|DZ|Background Operation
l|15|03|DZ|LPS Misalignment
l|16|00|DZ|ATA PASS-THROUGH Results
l|16|00|T|Tape Diagnostic Data
l|16|00|M|Media Changer Diagnostic Data
l|17|00|DZ|Non-volatile Cache
l|17|00h-0f|T|Volume Statistics
l|18|00||Protocol Specific Port
l|19|00||General Statistics And Performance
l|19|01h-1f||Group Statistics And Performance (n)
l|19|20||Cache Memory Statistics
l|19|21||Command Duration Limits Statistics
l|1a|00||Power Condition Transitions
l|1b|00|T|Data Compression
l|2d|00|T|Current Service Information
l|2e|00|TM|TapeAlert
l|2f|00||Informational Exceptions
l|30h-3e|00||(vendor specific)
l|3f|||(reserved)
`;
